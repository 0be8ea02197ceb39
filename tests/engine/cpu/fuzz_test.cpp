// Random programs of every primitive, compiled in every way, against the interpreter.
#include <doctest/doctest.h>

#include <algorithm>

#include "engine/cpu/executable.h"
#include "engine/rewrite/rewrite.h"
#include "support/compiled.h"
#include "support/garden.h"
#include "support/launches.h"
#include "support/steps.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

Program random_program(std::uint64_t seed) {
  Builder builder;
  Garden garden(builder, seed);
  for (int i = 0; i < 50; ++i) garden.grow();
  garden.finish();
  return without_dead_code(builder.program());
}

// The inputs x0 .. become variables, each assigned some value of its shape at the end.
Program with_updates(Program program, std::uint64_t seed) {
  std::vector<int> variable_of(program.inputs.size(), -1);
  for (std::size_t i = 0; i < program.inputs.size(); ++i)
    if (program.inputs[i].type.dtype == DType::real) {
      variable_of[i] = static_cast<int>(program.variables.size());
      program.variables.push_back(program.inputs[i]);
      program.inputs[i].name += "(unused)";
    }
  for (Node& node : program.nodes) {
    auto& slot = node.attributes.ints[0];
    if (node.primitive != &input_primitive() || variable_of[slot] < 0) continue;
    slot = variable_of[slot];
    node.primitive = &variable_primitive();
  }
  for (std::uint32_t v = 0; v < program.variables.size(); ++v) {
    std::vector<ValueId> fit;
    for (ValueId id = 0; id < program.nodes.size(); ++id)
      if (program.nodes[id].type == program.variables[v].type) fit.push_back(id);
    if (!fit.empty())
      program.results.push_back({fit[random_word(seed, 5, 0, v) % fit.size()], v, true});
  }
  return program;
}

// Sums run in another order here, and some of these programs amplify that by 10^6.
// As traced (with the shapes and operations that rewrites remove), and rewritten.
void check_all_ways(const Program& traced, const Tensors& at) {
  for (const Program& program : {traced, rewrite(traced)}) {
    const Tensors wanted = evaluate(program, at, {.seed = 3, .step = 5});
    for (const bool fuse : {false, true})
      for (const bool coalesce : {false, true}) {
        CAPTURE(fuse);
        CAPTURE(coalesce);
        RunOptions run{{}, 3, 5, 2};
        run.compile.precision = Precision::float64;
        run.compile.fuse = fuse;
        CHECK(kernels::faults(
                  launches_of(program, {.fuse = fuse, .planning = {.coalesce = coalesce}})) ==
              std::vector<std::string>{});
        const auto executable =
            cpu::compile_rewritten(program, run.compile, {.coalesce = coalesce});
        CHECK(relative_distance(run_executable(*executable, program, at, run), wanted) <= 1e-8);
      }
  }
}

// Planned for launches side by side and for operands in blocks; returns the copies that this saved.
int check_side_by_side(const Program& program, const Tensors& at) {
  const Tensors wanted = evaluate(program, at, {.seed = 3, .step = 5});
  const kernels::Target target = cpu_side_by_side();
  RunOptions run{{}, 3, 5, 2};
  run.compile.precision = Precision::float64;
  const kernels::Launches launches = launches_of(program, {.target = target});
  CHECK(kernels::faults(launches) == std::vector<std::string>{});
  const auto executable = cpu::compile_rewritten(program, run.compile, {}, target);
  CHECK(relative_distance(run_executable(*executable, program, at, run), wanted) <= 1e-8);
  kernels::Target whole = target;
  whole.row_blocks = 1;
  return cpu::compile_rewritten(program, run.compile, {}, whole)->report().copies -
         executable->report().copies;
}

}  // namespace

TEST_SUITE_BEGIN("cpu");

TEST_CASE("random programs, planned for launches side by side and operands in blocks of rows") {
  Tensors at = Garden::bindings();
  for (const auto& [name, values] : Garden::bindings()) at[name + "(unused)"] = values;
  int saved = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    CAPTURE(seed);
    saved += check_side_by_side(random_program(seed), at);
    saved += check_side_by_side(with_updates(random_program(seed), seed), at);
  }
  CHECK(saved > 50);
}

TEST_CASE("random programs, compiled") {
  const Tensors at = Garden::bindings();
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    CAPTURE(seed);
    check_all_ways(random_program(seed), at);
  }
}

TEST_CASE("random programs that update what they read, compiled") {
  Tensors at = Garden::bindings();
  for (const auto& [name, values] : Garden::bindings()) at[name + "(unused)"] = values;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    CAPTURE(seed);
    check_all_ways(with_updates(random_program(seed), seed), at);
  }
}

TEST_SUITE_END();
