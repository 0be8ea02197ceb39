#include "engine/run/timeline.h"

#include <doctest/doctest.h>

using namespace ganflow;

namespace {

// Trips of `sizes` occurrences, phase by phase.
LoweredReplica replica_of(std::vector<LoweredPhase> phases, const std::vector<int>& sizes = {1}) {
  LoweredReplica replica;
  replica.phases = std::move(phases);
  for (int p = 0; p < static_cast<int>(replica.phases.size()); ++p)
    for (const int size : sizes) {
      LoweredTrip& trip = replica.trips.emplace_back();
      trip.phase = p;
      trip.occurrences.assign(static_cast<std::size_t>(size), {p, {}});
    }
  return replica;
}

// Macro-iterations of 1, 2, 3, 1, 2, 3, ... critic and 2, 0, 2, 0, ... generator steps.
std::vector<LoweredPhase> phases() {
  std::vector<LoweredPhase> p(2);
  p[0].name = "critic";
  p[0].count = [](std::uint64_t macro) { return static_cast<int>(macro % 3) + 1; };
  p[1].name = "generator";
  p[1].count = [](std::uint64_t macro) { return macro % 2 == 0 ? 2 : 0; };
  return p;
}

// The same numbers for every occurrence, in the order in which trips make them.
struct Made {
  int phase;
  std::uint64_t occurrence;
  Step step, row_step;
  std::uint64_t last_critic, last_generator;
  bool operator==(const Made&) const = default;
};
std::vector<Made> made(const LoweredReplica& replica, std::uint64_t macros) {
  std::vector<Made> all;
  std::vector<Cursor> cursors;
  std::vector<std::uint64_t> next(replica.trips.size(), 0);
  for (int t = 0; t < static_cast<int>(replica.trips.size()); ++t)
    cursors.emplace_back(replica, t, Cut{0, {0, 0}});
  for (std::uint64_t macro = 0; macro < macros; ++macro)
    for (std::size_t t = 0; t < replica.trips.size(); ++t)
      for (std::uint64_t k = trips(replica, static_cast<int>(t), macro); k > 0; --k) {
        REQUIRE(cursors[t].seek(next[t]++, 1000));
        const auto& occurrences = replica.trips[t].occurrences;
        for (std::size_t j = 0; j < occurrences.size(); ++j)
          all.push_back({occurrences[j].phase, cursors[t].occurrence(j), cursors[t].step(j),
                         cursors[t].row_step(j), cursors[t].last(j, 0), cursors[t].last(j, 1)});
      }
  return all;
}

}  // namespace

TEST_SUITE("runner") {
  TEST_CASE("cursors of any stride agree with walking through all macro-iterations") {
    const LoweredReplica replica = replica_of(phases());
    const auto& p = replica.phases;
    std::vector<Step> critic, generator;  // step of each occurrence
    std::vector<std::size_t> generators;  // before each critic occurrence
    for (std::uint64_t macro = 0; critic.size() < 50; ++macro) {
      for (int i = 0; i < p[0].count(macro); ++i) {
        generators.push_back(generator.size());
        critic.push_back(critic.size());
      }
      for (int i = 0; i < p[1].count(macro); ++i) generator.push_back(critic.size());
    }
    for (std::size_t stride = 1; stride < 8; ++stride) {
      Cursor c(replica, 0, {0, {0, 0}}), g(replica, 1, {0, {0, 0}});
      for (std::size_t t = stride - 1; t < 50; t += stride) {
        CHECK(c.seek(t, 50));
        CHECK(c.step(0) == critic[t]);
        CHECK(c.row_step(0) == critic[t] + 1);
        CHECK(c.last(0, 0) == (t == 0 ? 0 : t - 1));
        CHECK(c.last(0, 1) == (generators[t] == 0 ? 0 : generators[t] - 1));
      }
      for (std::size_t t = stride - 1; t < generator.size(); t += stride) {
        CHECK(g.seek(t, 50));
        CHECK(g.step(0) == generator[t]);
        CHECK(g.row_step(0) == generator[t]);
        CHECK(g.last(0, 0) == generator[t] - 1);
      }
    }
  }

  TEST_CASE("a cursor may start at any macro-iteration end") {
    const LoweredReplica replica = replica_of(phases());
    Cursor whole(replica, 1, {0, {0, 0}}), part(replica, 1, {5, {9, 6}, 9});
    for (std::uint64_t t = 6; t < 20; ++t) {
      CHECK(whole.seek(t, 100));
      CHECK(part.seek(t - 6, 100));
      CHECK(part.occurrence(0) == t);
      CHECK(part.step(0) == whole.step(0));
      CHECK(part.macro() == whole.macro());
      CHECK(part.last(0, 0) == whole.last(0, 0));
    }
  }

  TEST_CASE("occurrences of macro-iterations that begin when the steps are done never run") {
    const LoweredReplica replica = replica_of(phases());
    // Macro-iteration 2 (critic steps 3, 4, 5) begins at 3 steps, macro-iteration 3 at 6.
    for (Step steps = 4; steps <= 6; ++steps) {
      Cursor c(replica, 0, {0, {0, 0}});
      CHECK(c.seek(5, steps));
      CHECK_FALSE(c.seek(6, steps));
    }
    Cursor g(replica, 1, {0, {0, 0}});
    CHECK(g.seek(3, 6));
    CHECK_FALSE(g.seek(4, 6));
  }

  TEST_CASE("trips of several occurrences run the same ones at the same steps") {
    std::vector<LoweredPhase> p = phases();
    p[0].count = [](std::uint64_t macro) {
      return macro < 2 ? 13 : 1 + static_cast<int>(macro % 4);
    };
    const std::vector<Made> alone = made(replica_of(p), 9);
    CHECK(alone.size() == 26 + 3 + 4 + 1 + 2 + 3 + 4 + 1 + 10);
    CHECK(made(replica_of(p, {8, 4, 2, 1}), 9) == alone);
    CHECK(made(replica_of(p, {3, 1}), 9) == alone);

    p[0].count = [](std::uint64_t) { return 5; };
    p[1].count = [](std::uint64_t) { return 2; };
    LoweredReplica whole;
    whole.phases = p;
    whole.trips = {{.name = "macro", .phase = -1}};
    for (const int phase : {0, 0, 0, 0, 0, 1, 1}) whole.trips[0].occurrences.push_back({phase, {}});
    CHECK(made(whole, 9) == made(replica_of(p), 9));
  }
}
