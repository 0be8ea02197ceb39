// Whole training steps as text for a GPU: emulated equals interpreted, whatever order the launches,
// the blocks and the threads run in.
#include "engine/cuda/source.h"

#include <doctest/doctest.h>

#include "engine/kernels/check.h"
#include "ops/primitives/primitives.h"
#include "support/compiled.h"
#include "support/emulation.h"
#include "support/image_steps.h"
#include "support/norm_steps.h"
#include "support/steps.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

// The arena holds NaN before every run (support/compiled.h).
void check_text(const Program& program, double tolerance,
                const cuda::ConvolutionWorkspace& workspace = {}) {
  const Tensors in = step_inputs(program, 11);
  const Tensors wanted = evaluate(program, in, {.seed = 1, .step = 2});
  Emulated emulated(cuda::write_source(program, {}, workspace));
  CHECK(kernels::faults(emulated.source().launches) == std::vector<std::string>{});
  const RunOptions run{{}, 1, 2, 2};
  const Tensors listed = run_executable(emulated, program, in, run);
  CHECK(relative_distance(listed, wanted) <= tolerance);
  emulated.reversed = true;
  CHECK(distance(run_executable(emulated, program, in, run), listed) == 0);
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    emulated.reversed = seed % 2;
    emulated.order = random_order(emulated.source().launches, seed);
    REQUIRE(emulated.order.size() == emulated.source().launches.list.size());
    CAPTURE(seed);
    CHECK(distance(run_executable(emulated, program, in, run), listed) == 0);
  }
}

}  // namespace

TEST_SUITE_BEGIN("cuda");

TEST_CASE("the text of training steps equals the interpreter in every order") {
  for (const StepCase& c :
       {thesis(), thesis().with(Loss::minimax), thesis().with(Penalty::hinge), mnist(), toy()}) {
    CAPTURE(c.name);
    check_text(critic_step(c.shrunk()), 2e-3);
    check_text(generator_step(c.shrunk()), 2e-3);
  }
  check_text(macro_step(thesis().shrunk(), 2), 2e-2);
}

TEST_CASE("what a library needs beside its operands is nobody else's while it runs") {
  const ImageWidths small{.size = 8, .channels = {5, 7}, .noise = 6, .kernel = 3, .batch = 3};
  const Program step = critic_step(dcgan(small));
  // Of each convolution another number of bytes, of some none.
  const auto bytes = [](const cuda::Convolution& z) -> std::size_t {
    return z.kind == cuda::Convolution::Kind::input ? 0 : 1000 + static_cast<std::size_t>(z.o);
  };
  check_text(step, 2e-3, bytes);
  const cuda::Source without = cuda::write_source(step, {});
  const cuda::Source with = cuda::write_source(step, {}, bytes);
  std::size_t all = 0;
  for (std::size_t i = 0; i < with.kernel_launches.size(); ++i) {
    const cuda::KernelLaunch& launch = with.kernel_launches[i];
    if (!launch.convolution) continue;
    const std::size_t wanted = bytes(*launch.convolution);
    CHECK(launch.pointers.size() == (wanted ? 4 : 3));
    if (wanted) CHECK(with.launches.list[i].writes.back().bytes == wanted);
    all += wanted;
  }
  CHECK(with.launches.arena_bytes > without.launches.arena_bytes);
  CHECK(with.launches.arena_bytes < without.launches.arena_bytes + all);  // they take turns
}

TEST_CASE("the text of steps of image networks equals the interpreter in every order") {
  const ImageWidths small{.size = 8, .channels = {5, 7}, .noise = 6, .kernel = 3, .batch = 3};
  for (const StepCase& c :
       {dcgan(small), dcgan_layer_norm(small), max_pool_critic(small), resnet_critic(small)}) {
    CAPTURE(c.name);
    check_text(critic_step(c), 2e-3);
    check_text(generator_step(c), 2e-3);
  }
}

TEST_CASE("the text of steps with coupled samples equals the interpreter in every order") {
  const StepCase m = mnist().shrunk(), gan = m.with(Loss::minimax);
  for (const StepCase& c : {minibatch_critic(m, 7, 3), spectral_critic(gan)}) {
    CAPTURE(c.name);
    check_text(critic_step(c), 2e-3);
  }
  check_text(generator_step(few_latents().shrunk().with(Smooth::exact)), 2e-3);
}

// Sums of 10^4 to 10^5 terms, more than one block adds up: parts, then their sums. Mean and
// variance of columns, and what is normalised by them, need both in turn.
TEST_CASE("large reductions in several launches equal the interpreter") {
  const auto check = [](auto formula, const Shape& shape) {
    Builder builder;
    formula(builder, input(builder, "x", {shape}));
    const Program& program = builder.program();
    const std::size_t launches = cuda::write_source(program, {}).launches.list.size();
    check_text(program, 2e-5);
    return launches;
  };
  CHECK(check([](Builder& b, Value x) { output(b, "y", sum(x, {0})); }, {9000, 40}) == 2);
  CHECK(check([](Builder& b, Value x) { output(b, "y", mean(x * x)); }, {300, 77}) == 2);
  CHECK(check(
            [](Builder& b, Value x) {
              const Value centred = x - broadcast_to(mean(x, {0}), x.shape());
              const Value variance = mean(centred * centred, {0});
              output(b, "variance", variance);
              output(b, "y", centred * broadcast_to(sqrt(variance), x.shape()));
            },
            {5000, 33}) == 3);
}

TEST_SUITE_END();
