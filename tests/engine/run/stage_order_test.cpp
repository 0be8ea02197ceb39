// The order of stages, reduced to what has to meet.
#include "engine/run/stage_order.h"

#include <doctest/doctest.h>

using namespace ganflow;

namespace {

using Indices = std::vector<std::size_t>;

LoweredStage stage(std::vector<int> after, Timing timing = Timing::step) {
  LoweredStage s;
  s.timing = timing;
  s.after = std::move(after);
  return s;
}

}  // namespace

TEST_SUITE("runner") {
  TEST_CASE("an order that follows from others is left out") {
    // 0 -> 1 -> 3, 0 -> 2 -> 3; 3 also names 0, and 4 names all of them.
    const StageOrder order = order_of(
        {stage({}), stage({0}), stage({0}), stage({0, 1, 2}), stage({0, 1, 2, 3})}, Timing::step);
    CHECK(order.before == std::vector<Indices>{{}, {0}, {0}, {1, 2}, {3}});
    CHECK(order.last == Indices{4});
  }

  TEST_CASE("stages of other timings are neither before nor last") {
    const StageOrder order = order_of(
        {stage({}, Timing::data), stage({0}), stage({}), stage({0, 1}), stage({2})}, Timing::step);
    CHECK(order.before == std::vector<Indices>{{}, {}, {}, {1}, {2}});
    CHECK(order.last == Indices{3, 4});
    CHECK(order_of({stage({}, Timing::data)}, Timing::step).last == Indices{});
  }
}
