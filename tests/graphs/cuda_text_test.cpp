// Every program of every preset as text for a GPU: emulated equals the float64 interpreter. Where a
// gradient vanishes (of biases before a normalisation) and only its rounding is left, of which
// optimizers make whole steps, the CPU's own float32 kernels say how far that carries.
#include <doctest/doctest.h>

#include <cmath>
#include <set>

#include "engine/cuda/source.h"
#include "engine/cuda/texts.h"
#include "engine/kernels/check.h"
#include "engine/tensor/philox.h"
#include "graphs/presets.h"
#include "support/compiled.h"
#include "support/emulation.h"
#include "support/image_files.h"
#include "support/named_graph.h"
#include "support/steps.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

// The CPU, that keeps what it is given to compile.
class Recorder final : public Device {
 public:
  const std::string& name() const override { return cpu_->name(); }
  bool immediate() const override { return true; }
  std::shared_ptr<const Executable> compile(const Program& program,
                                            const CompileOptions& options) const override {
    programs.push_back(program);
    return cpu_->compile(program, options);
  }
  Block allocate(std::size_t bytes) const override { return cpu_->allocate(bytes); }
  Mirror mirror(std::size_t bytes) const override { return cpu_->mirror(bytes); }
  std::unique_ptr<Queue> queue(Urgency urgency) const override { return cpu_->queue(urgency); }
  mutable std::vector<Program> programs;

 private:
  std::shared_ptr<const Device> cpu_ = open_device("cpu");
};

// The preset with networks as small as its options allow.
GraphSettings small(const std::string& preset) {
  GraphSettings settings{.batch = 4};
  if (preset.starts_with("toy"))
    settings.values = {{"generator", "16x16"}, {"critic", "16x16"}};
  else if (!preset.starts_with("thesis"))
    settings.values = {{"width", "4"}};
  if (preset.starts_with("thesis-mnist") || preset.ends_with("-mnist") ||
      preset.find("-mnist-") != std::string::npos)
    settings.data = "spheres";
  else if (!preset.starts_with("thesis") && !preset.starts_with("toy"))
    settings.data = cifar_data();
  return settings;
}

// Variables as a run begins with them, inputs in [0, 1).
Tensors inputs_of(const Program& program, const LoweredReplica& replica) {
  Tensors tensors = random_inputs(program, 5);
  for (const Slot& slot : program.inputs)
    for (double& value : tensors.at(slot.name)) value = std::abs(value);
  for (const VariableInfo& variable : replica.variables)
    if (const auto found = tensors.find(variable.name); found != tensors.end()) {
      variable.initializer(replica.seed, stream_id(variable.name), found->second);
      for (double& value : found->second) value = static_cast<float>(value);
    }
  return tensors;
}

}  // namespace

TEST_SUITE_BEGIN("exhaustive");

TEST_CASE("every program of every preset as text for a GPU equals the interpreter") {
  std::set<std::uint64_t> seen;
  int programs = 0, tensors = 0, rounding = 0;
  for (const NamedGraph& preset : presets()) {
    CAPTURE(preset.name);
    Recorder recorder;
    ProgramCache cache;
    const LoweredReplica replica =
        lower(*composed(preset.name, small(preset.name)), 1, cache, recorder);
    for (const Program& program : recorder.programs) {
      if (!seen.insert(program.hash()).second) continue;  // another preset's, too
      CAPTURE(programs);
      const Tensors in = inputs_of(program, replica);
      const Tensors wanted = evaluate(program, in, {.seed = 1, .step = 2});
      Emulated emulated(cuda::write_source(program, {}), "-O0");
      CHECK(kernels::faults(emulated.source().launches) == std::vector<std::string>{});
      const RunOptions run{{}, 1, 2, 1};
      const Tensors listed = run_executable(emulated, program, in, run);
      const Tensors cpu = run_compiled(program, in, run);
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
      CHECK(distance(run_executable(emulated, program, in, run), listed) == 0);
      ++programs;
    }
  }
  CHECK(programs >= 80);
  CHECK(rounding <= tensors / 20);
}

TEST_SUITE_END();
