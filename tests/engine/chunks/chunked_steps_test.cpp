// Training steps in chunks of their batch: the numbers of the whole up to rounding, and the same
// bits for any number of ranks.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "engine/chunks/executable.h"
#include "engine/program/evaluate.h"
#include "support/compiled.h"
#include "support/preset_programs.h"
#include "support/thread_peers.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

std::shared_ptr<const Executable> divided(const Program& program, const Division& division) {
  const auto cpu = open_device("cpu");
  return compile_in_chunks(*cpu, program, division,
                           [&](const Program& piece) { return cpu->compile(piece); });
}

Tensors run_divided(const Program& program, const Tensors& inputs, const Division& division) {
  const auto executable = divided(program, division);
  // Several threads count their allocations together: none is looked at.
  return run_executable(*executable, program, inputs,
                        {.seed = 3, .step = 7, .repeat = 2, .threads = division.ranks()});
}

// What a program computes but the Variables: the first step of an optimizer is by the sign of a
// gradient, which rounding may turn where it is next to nothing.
bool near(const Program& program, const Tensors& a, const Tensors& b, double tolerance) {
  for (const Slot& slot : program.outputs) {
    const std::vector<double>&x = a.at(slot.name), &y = b.at(slot.name);
    double most = 1;
    for (const double v : x) most = std::max(most, std::abs(v));
    for (std::size_t i = 0; i < x.size(); ++i)
      if (!(std::abs(x[i] - y[i]) <= tolerance * most)) {
        MESSAGE(slot.name << "[" << i << "]: " << x[i] << " and " << y[i]);
        return false;
      }
  }
  return true;
}

// How far Variables are from each other on average, the greatest of all.
double mean_distance(const Program& program, const Tensors& a, const Tensors& b) {
  double most = 0;
  for (const Output& result : program.results) {
    if (!result.assign) continue;
    const auto& x = a.at(program.variables[result.slot].name);
    const auto& y = b.at(program.variables[result.slot].name);
    double sum = 0, scale = 1e-3;
    for (std::size_t i = 0; i < x.size(); ++i) {
      sum += std::abs(x[i] - y[i]);
      scale += std::abs(x[i]);
    }
    most = std::max(most, sum / scale);
  }
  return most;
}

}  // namespace

TEST_SUITE_BEGIN("chunks");

// Dense networks, batch norm, layer norm, residual blocks, exact Jacobians, both optimizers.
TEST_CASE("steps of presets: chunks compute what the whole does, ranks the same bits") {
  const std::vector<std::string> presets = {"thesis-28", "toy-8gaussians",  "smooth-mnist",
                                            "mu-cifar",  "mu-cifar-resnet", "guide-wgan"};
  const Chunking chunking{.batch = 4, .chunks = 4};
  for (const PresetProgram& one : preset_programs(PresetSize::small, presets)) {
    CAPTURE(one.preset);
    const Tensors whole = run_compiled(one.program, one.inputs, {.seed = 3, .step = 7});
    const Tensors alone = run_divided(one.program, one.inputs, {chunking});
    CHECK(near(one.program, whole, alone, 1e-3));
    CHECK(mean_distance(one.program, whole, alone) < 0.2);
    for (const int ranks : {2, 4}) {
      std::vector<Tensors> each(static_cast<std::size_t>(ranks));
      side_by_side(ranks, [&](const std::shared_ptr<ThreadPeers>& peers) {
        each[static_cast<std::size_t>(peers->rank())] =
            run_divided(one.program, one.inputs, {chunking, peers});
      });
      for (const Tensors& rank : each) CHECK(rank == alone);
    }
  }
}

TEST_SUITE_END();
