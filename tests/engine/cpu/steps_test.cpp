// Whole training steps: compiled equals interpreted, and the golden structure.
#include "support/steps.h"

#include <doctest/doctest.h>

#include "engine/program/rewrite.h"
#include "support/compiled.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

void check_step(const Program& program, double tolerance32) {
  const Tensors in = step_inputs(program, 11);
  const Tensors wanted = evaluate(program, in, {.seed = 1, .step = 2});
  for (const bool fuse : {true, false}) {
    RunOptions run{{}, 1, 2, 2};
    run.compile.fuse = fuse;
    run.compile.precision = Precision::float64;
    CHECK(relative_distance(run_compiled(program, in, run), wanted) <= 1e-11);
    run.compile.precision = Precision::float32;
    CHECK(relative_distance(run_compiled(program, in, run), wanted) <= tolerance32);
  }
}

}  // namespace

TEST_SUITE_BEGIN("cpu");

TEST_CASE("training steps compiled equal the interpreter") {
  // float32: gradients go through sums of 10^4 terms and division by sqrt of a squared gradient.
  for (const StepCase& c :
       {thesis(), thesis().with(Penalty::none), thesis().with(Penalty::simple, Where::real),
        thesis().with(Penalty::hinge), thesis().with(Loss::minimax), mnist(), toy()}) {
    CAPTURE(c.name);
    check_step(critic_step(c.shrunk()), 2e-3);
    check_step(generator_step(c.shrunk()), 2e-3);
    check_step(macro_step(c.shrunk(), 2), 2e-2);
  }
}

TEST_CASE("the thesis step at full size equals the interpreter") {
  check_step(critic_step(thesis()), 2e-3);
}

TEST_CASE("golden structure of the compiled steps") {
  struct Golden {
    Program program;
    int products, kernels, depth, copies;
  };
  for (const auto& [program, products, kernels, depth, copies] :
       {Golden{critic_step(thesis()), 5, 18, 9, 0}}) {
    const auto executable = compile(program);
    const Report& report = executable->report();
    INFO(report.listing);
    CHECK(report.products == products);
    CHECK(report.kernels == kernels);
    CHECK(report.depth == depth);
    CHECK(report.copies == copies);
  }
}

TEST_SUITE_END();
