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

  TEST_CASE("what is in line runs in the node of the stage behind it") {
    const auto in_line = [](std::vector<int> after) {
      LoweredStage s = stage(std::move(after));
      s.in_line = true;
      return s;
    };
    // 0 -> 1 -> 3, 2 -> 3, all small: one node.
    const StageOrder one =
        order_of({in_line({}), in_line({0}), in_line({}), in_line({1, 2})}, Timing::step);
    CHECK(one.runs == std::vector<Indices>{{}, {}, {}, {0, 1, 2, 3}});
    CHECK(one.before == std::vector<Indices>(4));
    CHECK(one.last == Indices{3});
    // 0 is read by the nodes 1 and 2, and is one of its own; 3 waits for both.
    const StageOrder fork =
        order_of({in_line({}), stage({0}), stage({0}), stage({1, 2})}, Timing::step);
    CHECK(fork.runs == std::vector<Indices>{{0}, {1}, {2}, {3}});
    CHECK(fork.before == std::vector<Indices>{{}, {0}, {0}, {1, 2}});
    // 1 runs in the node of 2, which therefore waits for 0; 3 waits for 2 alone.
    const StageOrder joined =
        order_of({stage({}), in_line({0}), stage({1}), stage({0, 2})}, Timing::step);
    CHECK(joined.runs == std::vector<Indices>{{0}, {}, {1, 2}, {3}});
    CHECK(joined.before == std::vector<Indices>{{}, {}, {0}, {2}});
    CHECK(joined.last == Indices{3});
  }
}
