// Launches side by side: sharing memory orders none that the data leaves free.
#include "engine/kernels/order.h"

#include <doctest/doctest.h>

#include "engine/cpu/target.h"
#include "engine/program/chain.h"
#include "support/image_steps.h"
#include "support/launches.h"
#include "support/norm_steps.h"

using namespace ganflow;
using namespace ganflow::kernels;
using namespace ganflow::test;

namespace {

// Five critic steps and a generator step, chained.
Program macro(const StepCase& c) {
  const Program critic = critic_step(c), generator = generator_step(c);
  std::vector<Occurrence> occurrences;
  for (std::uint32_t j = 0; j < 5; ++j) occurrences.push_back({&critic, {{0, j}}});
  occurrences.push_back({&generator, {{1, 0}}});
  return chain(occurrences, {"data"}).program;
}

// The longest chain under all hazards, and under the data's alone.
std::pair<int, int> chains(const Launches& launches) {
  std::vector<Hazard> found = hazards(launches);
  const int all = critical_path(launches.list.size(), found);
  std::erase_if(found, [](const Hazard& h) { return h.kind != Hazard::Kind::read_after_write; });
  return {all, critical_path(launches.list.size(), found)};
}

// What waits for what if sharing the arena made nobody wait: the data, and who reads a slot before
// it is overwritten.
Dependences without_sharing(const Launches& launches) {
  Launches slots = launches;
  for (Launch& launch : slots.list)
    std::erase_if(launch.writes, [](const Region& r) { return r.place.space == Space::arena; });
  Dependences after(launches.list.size());
  for (const Hazard& h : hazards(launches))
    if (h.kind == Hazard::Kind::read_after_write) after[h.later].push_back(h.earlier);
  for (const Hazard& h : hazards(slots)) after[h.later].push_back(h.earlier);
  return after;
}

}  // namespace

TEST_SUITE_BEGIN("plan");

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
        Golden{"DCGAN critic", critic_step(dcgan()), 45, 30, 0, 75},
        Golden{"DCGAN generator", generator_step(dcgan()), 42, 30, 0, 75},
        Golden{"DCGAN + LN critic", critic_step(dcgan_layer_norm()), 58, 35, 2, 165},
        Golden{"ResNet critic", critic_step(resnet_critic()), 116, 65, 0, 911},
        Golden{"5+1 thesis", macro(thesis()), 84, 33, 0, 9.1},
        Golden{"5+1 thesis, GAN loss", macro(gan), 93, 36, 5, 9.1},
        Golden{"5+1 MNIST", macro(mnist()), 115, 47, 0, 16},
        Golden{"5+1 toy", macro(toy()), 144, 61, 0, 106},
        Golden{"5+1 DCGAN", macro(dcgan()), 241, 105, 0, 528}}) {
    CAPTURE(name);
    const Planned made = planned(program, side_by_side_target());
    CHECK(faults(made.launches, without_sharing(made.launches)) == std::vector<std::string>{});
    const auto [all, data] = chains(made.launches);
    CHECK(all == chain);
    CHECK(data == chain);
    CHECK(static_cast<int>(made.launches.list.size()) == launches);
    CHECK(made.report.copies == copies);
    CHECK(static_cast<double>(made.launches.arena_bytes) <= most_megabytes * 1e6);
  }
}

TEST_CASE("one after another, memory is shared by time and lengthens the chain") {
  Target target = side_by_side_target();
  const Planned beside = planned(macro(thesis()), target);
  target.side_by_side = false;
  const Planned in_turn = planned(macro(thesis()), target);
  const auto [all, data] = chains(in_turn.launches);
  CHECK(data == chains(beside.launches).second);
  CHECK(all > data);
  CHECK(faults(in_turn.launches) == std::vector<std::string>{});
  CHECK_FALSE(faults(in_turn.launches, without_sharing(in_turn.launches)).empty());
  CHECK(in_turn.launches.arena_bytes < beside.launches.arena_bytes);
}

TEST_SUITE_END();
