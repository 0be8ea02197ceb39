// Every program of every preset as text for a GPU: emulated equals the float64 interpreter. Where a
// gradient vanishes (of biases before a normalisation) and only its rounding is left, of which
// optimizers make whole steps, the CPU's own float32 kernels say how far that carries.
#include <doctest/doctest.h>

#include "engine/cuda/source.h"
#include "engine/cuda/stored.h"
#include "engine/kernels/check.h"
#include "support/compiled.h"
#include "support/emulation.h"
#include "support/preset_programs.h"
#include "support/steps.h"
#include "support/stored_tensors.h"

using namespace ganflow;
using namespace ganflow::test;

TEST_SUITE_BEGIN("exhaustive");

TEST_CASE("every program of every preset as text for a GPU equals the interpreter") {
  int tensors = 0, rounding = 0;
  const std::vector<PresetProgram> programs = preset_programs();
  CHECK(programs.size() >= 80);
  for (const PresetProgram& p : programs) {
    CAPTURE(p.preset);
    CAPTURE(&p - programs.data());
    const Tensors wanted = evaluate(p.program, p.inputs, {.seed = 1, .step = 2});
    const Program stored = cuda::stored(p.program);
    const Tensors given = to_stored(p.program, p.inputs);
    Emulated emulated(cuda::write_source(stored, {}), "-O0");
    CHECK(kernels::faults(emulated.source().launches) == std::vector<std::string>{});
    const RunOptions run{{}, 1, 2, 1};
    const auto emulate = [&] {
      return from_stored(p.program, run_executable(emulated, stored, given, run));
    };
    const Tensors listed = emulate();
    const Tensors cpu = run_compiled(p.program, p.inputs, run);
    for (const auto& [name, exact] : wanted) {
      CAPTURE(name);
      const auto off = [&](const Tensors& t) {
        return relative_distance({{name, t.at(name)}}, {{name, exact}});
      };
      ++tensors;
      if (off(listed) <= 2e-3) continue;
      ++rounding;
      CHECK(off(listed) <= 10 * off(cpu));
    }
    emulated.reversed = true;
    emulated.order = random_order(emulated.source().launches, 1);
    CHECK(distance(emulate(), listed) == 0);
  }
  MESSAGE(programs.size(), " programs, ", rounding, " of ", tensors, " tensors are rounding");
  CHECK(rounding <= tensors / 30);
}

TEST_SUITE_END();
