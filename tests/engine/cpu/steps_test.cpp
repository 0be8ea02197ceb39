// Whole training steps: compiled equals interpreted, and the golden structure.
#include "support/steps.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <string>
#include <vector>

#include "engine/cpu/executable.h"
#include "engine/cpu/isa.h"
#include "engine/cpu/profile.h"
#include "engine/rewrite/rewrite.h"
#include "support/compiled.h"
#include "support/image_steps.h"
#include "support/launches.h"
#include "support/norm_steps.h"

using namespace ganflow;
using namespace ganflow::kernels;
using namespace ganflow::test;

namespace {

void check_step(const Program& program, double tolerance32) {
  const Tensors in = step_inputs(program, 11);
  const Tensors wanted = evaluate(program, in, {.seed = 1, .step = 2});
  for (const bool fuse : {true, false}) {
    RunOptions run;
    run.seed = 1, run.step = 2, run.repeat = 2;
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
    for (const StepCase& c :
         {dcgan(w), dcgan_layer_norm(w), max_pool_critic(w), resnet_critic(w)}) {
      CAPTURE(c.name);
      CAPTURE(w.kernel);
      check_step(critic_step(c), 2e-3);
      check_step(generator_step(c), 2e-3);
    }
  check_step(generator_step(dcgan(small).with(Smooth::probe)), 2e-3);
}

TEST_CASE("steps with coupled samples, state and Jacobians compiled equal the interpreter") {
  const StepCase m = mnist().shrunk(), gan = m.with(Loss::minimax);
  for (const StepCase& c : {minibatch_critic(m, 7, 3), spectral_critic(gan.with(Penalty::none)),
                            spectral_critic(gan)}) {
    CAPTURE(c.name);
    check_step(critic_step(c), 2e-3);
  }
  check_step(generator_step(m.with(Smooth::probe)), 2e-3);
  check_step(generator_step(few_latents().shrunk().with(Smooth::exact)), 2e-3);
}

TEST_CASE("the thesis step at full size equals the interpreter") {
  check_step(critic_step(thesis()), 2e-3);
}

TEST_CASE("steps that threads share leave the bits of one") {
  const ImageWidths small{.size = 16, .channels = {16, 24}, .noise = 16, .kernel = 5, .batch = 12};
  for (const Program& program :
       {critic_step(thesis()), generator_step(mnist()), critic_step(dcgan(small)),
        generator_step(dcgan(small)), critic_step(resnet_critic(small))}) {
    const Tensors in = step_inputs(program, 11);
    const auto run = [&](int threads, int repeat) {
      RunOptions options;
      options.threads = threads;
      options.repeat = repeat;
      return run_compiled(program, in, options);
    };
    const Tensors wanted = run(1, 2);
    for (const int threads : {2, 3, 8}) CHECK(run(threads, 3) == wanted);
  }
}

// How a step scales by the estimate: its phases, how many are shared, one thread's time over that
// of 2, 4, 8 and 16; of AVX-512's tiles, and where AVX2's differ of those. A kernel of fewer units
// moves a number here.
TEST_CASE("golden sharing of the compiled steps") {
  struct Golden {
    Program program;
    int phases, shared;
    std::string ratios, narrow = ratios;
  };
  for (const auto& [program, phases, shared, ratios, narrow] :
       {Golden{critic_step(thesis()), 17, 6, "1.9 3.1 4.0 4.8 "},
        Golden{generator_step(thesis()), 14, 7, "1.9 2.7 3.4 4.2 "},
        Golden{critic_step(mnist()), 23, 14, "2.0 3.6 6.2 8.6 "},
        Golden{critic_step(toy()), 35, 21, "2.0 4.0 7.9 15.3 "},
        Golden{critic_step(dcgan()), 48, 37, "2.0 3.8 7.4 13.3 ", "2.0 3.9 7.4 13.5 "},
        Golden{critic_step(resnet_critic()), 124, 100, "2.0 4.0 7.8 15.1 ", "2.0 4.0 7.9 15.2 "}}) {
    const cpu::Sharing sharing = cpu::sharing(*cpu::compile(program, {}));
    std::string text;
    for (const int threads : {2, 4, 8, 16})
      text += fmt::format("{:.1f} ", sharing.nanoseconds / sharing.by(threads));
    CHECK(sharing.phases == phases);
    CHECK(sharing.shared == shared);
    CHECK(text == (cpu::widest_vectors() == 64 ? ratios : narrow));
    CHECK(sharing.by(1) == doctest::Approx(sharing.nanoseconds));
  }
}

// Beside each what a prototype with epilogues on every product reached: kernels/depth, copies, MB.
// Sampling counts as kernels here: two draws of random numbers, the gather of the data, the noise's
// scaling. The six copies of the toy step are columns of 256 numbers.
TEST_CASE("golden structure of the compiled steps") {
  struct Golden {
    const char* prototype;
    Program program;
    int products, kernels, depth, copies;
    std::size_t arena;  // with the kernels' scratch
  };
  const StepCase m = mnist(), gan = m.with(Loss::minimax);
  for (const auto& [prototype, program, products, kernels, depth, copies, arena] :
       {Golden{"13/7 0 0.91", critic_step(thesis()), 5, 17, 9, 0, 770688},
        Golden{"20/12 0 1.25", critic_step(m), 11, 23, 13, 0, 1102464},
        Golden{"26/15 0 10.6", critic_step(toy()), 13, 29, 17, 6, 10798208},
        Golden{"10/5 0 0.50", critic_step(thesis().with(Penalty::none)), 3, 12, 7, 0, 545344},
        Golden{"14/5 0 0.91", critic_step(thesis().with(Penalty::simple, Where::real)), 6, 17, 7, 0,
               1028224},
        Golden{"15/7 1 0.91", critic_step(thesis().with(Loss::minimax)), 5, 18, 9, 1, 819840},
        Golden{"13/7 0 0.46", generator_step(thesis()), 6, 14, 8, 0, 670528},
        Golden{"19/11 0 0.84", generator_step(m), 12, 20, 12, 0, 997952},
        Golden{"26/15 0 3.81", generator_step(toy()), 14, 25, 16, 0, 3954752},
        Golden{"30/19 0 53", critic_step(dcgan()), 16, 33, 21, 0, 56666496},
        Golden{"48/27 4 133", critic_step(dcgan_layer_norm()), 18, 49, 28, 2, 125618752},
        Golden{"76/41 0 540", critic_step(resnet_critic()), 44, 81, 43, 0, 555063808},
        Golden{"30/21 0 163", critic_step(max_pool_critic()), 11, 37, 25, 0, 138283072},
        Golden{"37/17 1 50", critic_step(minibatch_critic()), 12, 60, 26, 2, 66502848},
        Golden{"48/15 0 2.8", critic_step(spectral_critic(gan.with(Penalty::none))), 10, 45, 15, 0,
               2227520},
        Golden{"57/15 0 3.4", critic_step(spectral_critic(gan)), 18, 61, 15, 6, 2998784},
        Golden{"38/21 0 40", generator_step(dcgan()), 17, 37, 23, 0, 42022464},
        Golden{"no such case", generator_step(max_pool_critic()), 12, 30, 22, 0, 55126080},
        Golden{"27/14 0 2.2", generator_step(m.with(Smooth::probe)), 18, 30, 15, 0, 2591040},
        Golden{"37/11 0 15", generator_step(few_latents().with(Smooth::exact)), 12, 55, 14, 96,
               20096576},
        Golden{"54/30 0 91", generator_step(dcgan().with(Smooth::probe)), 25, 57, 33, 0,
               76665664}}) {
    CHECK(faults(launches_of(rewrite(program))) == std::vector<std::string>{});
    const auto executable = cpu::compile(program, {});
    const Report& report = executable->report();
    CAPTURE(prototype);
    INFO(report.listing);
    CHECK(report.products == products);
    CHECK(report.kernels == kernels);
    CHECK(report.depth == depth);
    CHECK(report.copies == copies);
    CHECK(report.arena_bytes == arena);
  }
}

TEST_SUITE_END();
