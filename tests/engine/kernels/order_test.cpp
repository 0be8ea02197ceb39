// Launches side by side: sharing memory orders none that the data leaves free.
#include "engine/kernels/order.h"

#include <doctest/doctest.h>

#include "support/chains.h"
#include "support/launches.h"

using namespace ganflow;
using namespace ganflow::kernels;
using namespace ganflow::test;

TEST_SUITE_BEGIN("plan");

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
