// Steps as a GPU gets them: how many launches, and how many of them have to wait for one another.
#include <doctest/doctest.h>

#include "engine/cuda/source.h"
#include "support/chains.h"
#include "support/image_steps.h"
#include "support/norm_steps.h"

using namespace ganflow;
using namespace ganflow::kernels;
using namespace ganflow::test;

TEST_SUITE_BEGIN("cuda");

// MB: what no reuse at all would take. Convolutions are launches of their own, and what follows
// them elementwise is another.
TEST_CASE("golden chains of launches side by side") {
  struct Golden {
    const char* name;
    Program program;
    int launches, chain, copies;
    double most_megabytes;
  };
  const StepCase gan = thesis().with(Loss::minimax);
  for (const auto& [name, program, launches, chain, copies, most_megabytes] :
       {Golden{"thesis critic", critic_step(thesis()), 17, 9, 0, 1.1},
        Golden{"thesis generator", generator_step(thesis()), 14, 8, 0, 1.1},
        Golden{"MNIST critic", critic_step(mnist()), 23, 13, 0, 1.8},
        Golden{"MNIST generator", generator_step(mnist()), 20, 12, 0, 1.8},
        Golden{"toy critic", critic_step(toy()), 29, 17, 0, 13},
        Golden{"toy generator", generator_step(toy()), 25, 16, 0, 13},
        Golden{"DCGAN critic", critic_step(dcgan()), 49, 32, 0, 75},
        Golden{"DCGAN generator", generator_step(dcgan()), 48, 34, 0, 75},
        Golden{"DCGAN + LN critic", critic_step(dcgan_layer_norm()), 64, 37, 2, 165},
        Golden{"ResNet critic", critic_step(resnet_critic()), 127, 67, 0, 911},
        Golden{"5+1 thesis", macro(thesis()), 84, 33, 0, 9.1},
        Golden{"5+1 thesis, GAN loss", macro(gan), 93, 36, 5, 9.1},
        Golden{"5+1 MNIST", macro(mnist()), 115, 47, 0, 16},
        Golden{"5+1 toy", macro(toy()), 144, 61, 0, 106},
        Golden{"5+1 DCGAN", macro(dcgan()), 267, 109, 0, 528}}) {
    CAPTURE(std::string(name));
    const cuda::Source made = cuda::write_source(program, {});
    CHECK(faults(made.launches, without_sharing(made.launches)) == std::vector<std::string>{});
    const auto [all, data] = chains(made.launches);
    CHECK(all == chain);
    CHECK(data == chain);
    CHECK(static_cast<int>(made.launches.list.size()) == launches);
    CHECK(made.report.copies == copies);
    CHECK(static_cast<double>(made.launches.arena_bytes) <= most_megabytes * 1e6);
  }
}

TEST_SUITE_END();
