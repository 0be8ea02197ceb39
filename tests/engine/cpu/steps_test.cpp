// Whole training steps: compiled equals interpreted, and the golden structure.
#include "support/steps.h"

#include <doctest/doctest.h>

#include "engine/program/rewrite.h"
#include "support/compiled.h"
#include "support/image_steps.h"

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

TEST_CASE("training steps of image networks compiled equal the interpreter") {
  const ImageWidths small{.size = 8, .channels = {5, 7}, .noise = 6, .kernel = 3, .batch = 3};
  const ImageWidths even{.size = 12, .channels = {18, 3}, .noise = 6, .kernel = 4, .batch = 2};
  for (const ImageWidths& w : {small, even})
    for (const StepCase& c : {dcgan(w), dcgan_layer_norm(w), max_pool_critic(w)}) {
      CAPTURE(c.name);
      CAPTURE(w.kernel);
      check_step(critic_step(c), 2e-3);
      check_step(generator_step(c), 2e-3);
    }
}

TEST_CASE("the thesis step at full size equals the interpreter") {
  check_step(critic_step(thesis()), 2e-3);
}

// Sampling counts as kernels here: two draws of random numbers, the gather of the data, the noise's
// scaling. The six copies of the toy step are columns of 256 numbers.
TEST_CASE("golden structure of the compiled steps") {
  struct Golden {
    Program program;
    int products, kernels, depth, copies;
    std::size_t arena;  // with the kernels' scratch
  };
  for (const auto& [program, products, kernels, depth, copies, arena] :
       {Golden{critic_step(thesis()), 5, 18, 9, 0, 819840},
        Golden{critic_step(mnist()), 11, 24, 13, 0, 1118848},
        Golden{critic_step(toy()), 13, 32, 17, 6, 10851456},
        Golden{critic_step(thesis().with(Penalty::none)), 3, 12, 7, 0, 557632},
        Golden{critic_step(thesis().with(Penalty::simple, Where::real)), 6, 18, 7, 0, 1028224},
        Golden{critic_step(thesis().with(Loss::minimax)), 5, 18, 9, 1, 836224},
        Golden{generator_step(thesis()), 6, 14, 8, 0, 678720},
        Golden{generator_step(mnist()), 12, 20, 12, 0, 1006144},
        Golden{generator_step(toy()), 14, 25, 16, 0, 3958848},
        Golden{critic_step(dcgan()), 16, 49, 30, 0, 56666496},
        Golden{critic_step(dcgan_layer_norm()), 18, 84, 41, 2, 133851200},
        Golden{critic_step(max_pool_critic()), 11, 48, 32, 0, 138283072},
        Golden{generator_step(dcgan()), 17, 54, 36, 0, 42022464},
        Golden{generator_step(max_pool_critic()), 12, 36, 27, 0, 55126080}}) {
    const auto executable = compile(program);
    const Report& report = executable->report();
    INFO(report.listing);
    CHECK(report.products == products);
    CHECK(report.kernels == kernels);
    CHECK(report.depth == depth);
    CHECK(report.copies == copies);
    CHECK(report.arena_bytes == arena);
  }
}

TEST_SUITE_END();
