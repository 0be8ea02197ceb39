// Programs on Variables as a GPU keeps them: the same numbers in another order, and no launch that
// only moves kernels of convolutions about.
#include "engine/cuda/stored.h"

#include <doctest/doctest.h>

#include "engine/cuda/source.h"
#include "engine/device/stored.h"
#include "support/compiled.h"
#include "support/image_steps.h"
#include "support/norm_steps.h"
#include "support/steps.h"
#include "support/stored_tensors.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

// Launches that compute nothing: their values are only moved.
int moves(const cuda::Source& source) {
  int count = 0;
  for (const kernels::Launch& launch : source.launches.list)
    count += std::ranges::all_of(launch.members, [&](ValueId id) {
      const Role role = traits_of(source.program, source.program.nodes[id]).role;
      return role == Role::view || role == Role::move;
    });
  return count;
}

}  // namespace

TEST_SUITE_BEGIN("cuda stored");

TEST_CASE("Variables of four axes are kept with the second last, and come back") {
  const auto device = storing_device();
  std::vector<float> values(2 * 3 * 4 * 5), stored(values.size()), again(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i);
  const Shape shape{2, 3, 4, 5};
  to_stored(*device, shape, values.data(), stored.data());
  for (int o = 0; o < 2; ++o)
    for (int c = 0; c < 3; ++c)
      for (int r = 0; r < 4; ++r)
        for (int s = 0; s < 5; ++s)
          CHECK(stored[((o * 4 + r) * 5 + s) * 3 + c] == values[((o * 3 + c) * 4 + r) * 5 + s]);
  from_stored(*device, shape, stored.data(), again.data());
  CHECK(again == values);
  to_stored(*device, {120}, values.data(), stored.data());
  CHECK(stored == values);
  from_stored(*device, {8, 15}, values.data(), stored.data());
  CHECK(stored == values);
}

TEST_CASE("a stored program computes what the program does") {
  const ImageWidths small{.size = 8, .channels = {5, 7}, .noise = 6, .kernel = 3, .batch = 3};
  for (const StepCase& c :
       {dcgan(small), dcgan_layer_norm(small), max_pool_critic(small), resnet_critic(small)}) {
    CAPTURE(c.name);
    for (const Program& step : {critic_step(c), generator_step(c)}) {
      const Tensors in = step_inputs(step, 11);
      const Program stored = cuda::stored(step);
      const Tensors made = evaluate(stored, to_stored(step, in), {.seed = 1, .step = 2});
      const Tensors wanted = evaluate(step, in, {.seed = 1, .step = 2});
      CHECK(relative_distance(from_stored(step, made), wanted) <= 1e-6);
    }
  }
}

TEST_CASE("kernels of convolutions are never only moved") {
  for (const StepCase& c : {dcgan(), dcgan_layer_norm(), resnet_critic()}) {
    CAPTURE(c.name);
    for (const Program& step : {critic_step(c), generator_step(c)}) {
      const cuda::Source as_it_is = cuda::write_source(step, {});
      const cuda::Source stored = cuda::write_source(cuda::stored(step), {});
      CHECK(stored.launches.list.size() == as_it_is.launches.list.size());
      CHECK(moves(stored) == moves(as_it_is));
      for (const cuda::KernelLaunch& launch : stored.kernel_launches)
        if (launch.convolution) CHECK(launch.convolution->kernels_last);
    }
  }
}

TEST_SUITE_END();
