// Which stages are nodes of the flow graph: what takes less than handing it over is not.
#include "engine/graph/in_line.h"

#include <doctest/doctest.h>

#include <memory>
#include <utility>
#include <vector>

using namespace ganflow;

namespace {

struct Costing final : Executable {
  explicit Costing(double cost) : cost(cost) {}
  std::unique_ptr<Prepared> prepare(const Bindings&) const override { return nullptr; }
  double nanoseconds() const override { return cost; }
  double cost;
};

constexpr double kSmall = kNodeNanoseconds / 2, kLarge = kNodeNanoseconds * 2;

LoweredStage stage(Timing timing, double cost, std::vector<int> after) {
  LoweredStage s;
  s.timing = timing;
  s.after = std::move(after);
  s.program = std::make_shared<Costing>(cost);
  return s;
}

std::vector<Timing> timings(const LoweredTrip& trip) {
  std::vector<Timing> of;
  for (const LoweredStage& s : trip.stages) of.push_back(s.timing);
  return of;
}

}  // namespace

TEST_SUITE_BEGIN("lower");

TEST_CASE("small stages have the timing of those that read them") {
  using enum Timing;
  LoweredTrip trip;
  trip.stages = {stage(data, kSmall, {}), stage(ahead, kLarge, {0}), stage(data, kSmall, {}),
                 stage(data, kSmall, {2}), stage(step, kLarge, {1, 3})};
  run_in_line(trip);
  // The noise joins the generator, which stays ahead; the samples and their transform the step.
  CHECK(timings(trip) == std::vector{ahead, ahead, step, step, step});
  std::vector<bool> in_line;
  for (const LoweredStage& s : trip.stages) in_line.push_back(s.in_line);
  CHECK(in_line == std::vector{true, false, true, true, false});
}

TEST_CASE("a small stage that two read runs in time for the earlier one") {
  using enum Timing;
  LoweredTrip trip;
  trip.stages = {stage(data, kSmall, {}), stage(ahead, kLarge, {0}), stage(step, kLarge, {0, 1})};
  run_in_line(trip);
  CHECK(timings(trip) == std::vector{ahead, ahead, step});
}

TEST_CASE("a source counts what it fills") {
  for (const bool large : {false, true}) {
    LoweredTrip trip;
    trip.buffers = {{"images", large ? std::size_t{1} << 20 : std::size_t{1} << 10, 0}};
    LoweredStage source;
    source.timing = Timing::data;
    source.outputs = {0, -1};
    trip.stages = {source, stage(Timing::step, kLarge, {0})};
    run_in_line(trip);
    CHECK(trip.stages[0].in_line != large);
    CHECK(trip.stages[0].timing == (large ? Timing::data : Timing::step));
  }
}

TEST_SUITE_END();
