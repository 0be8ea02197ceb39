#include "engine/run/timeline.h"

#include <doctest/doctest.h>

using namespace ganflow;

namespace {

// Macro-iterations of 1, 2, 3, 1, 2, 3, ... critic and 2, 0, 2, 0, ... generator steps.
std::vector<LoweredPhase> phases() {
  std::vector<LoweredPhase> p(2);
  p[0].name = "critic";
  p[0].count = [](std::uint64_t macro) { return static_cast<int>(macro % 3) + 1; };
  p[1].name = "generator";
  p[1].count = [](std::uint64_t macro) { return macro % 2 == 0 ? 2 : 0; };
  return p;
}

}  // namespace

TEST_SUITE("runner") {
  TEST_CASE("cursors of any stride agree with walking through all macro-iterations") {
    const auto p = phases();
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
      Cursor c(p, 0, {0, {0, 0}}), g(p, 1, {0, {0, 0}});
      for (std::size_t t = stride - 1; t < 50; t += stride) {
        CHECK(c.seek(t, 50));
        CHECK(c.step() == critic[t]);
        CHECK(c.row_step() == critic[t] + 1);
        CHECK(c.last(0) == (t == 0 ? 0 : t - 1));
        CHECK(c.last(1) == (generators[t] == 0 ? 0 : generators[t] - 1));
      }
      for (std::size_t t = stride - 1; t < generator.size(); t += stride) {
        CHECK(g.seek(t, 50));
        CHECK(g.step() == generator[t]);
        CHECK(g.row_step() == generator[t]);
        CHECK(g.last(0) == generator[t] - 1);
      }
    }
  }

  TEST_CASE("a cursor may start at any macro-iteration end") {
    const auto p = phases();
    Cursor whole(p, 1, {0, {0, 0}}), part(p, 1, {5, {9, 6}, 9});
    for (std::uint64_t t = 6; t < 20; ++t) {
      CHECK(whole.seek(t, 100));
      CHECK(part.seek(t, 100));
      CHECK(part.step() == whole.step());
      CHECK(part.macro() == whole.macro());
      CHECK(part.last(0) == whole.last(0));
    }
  }

  TEST_CASE("occurrences of macro-iterations that begin when the steps are done never run") {
    const auto p = phases();
    // Macro-iteration 2 (critic steps 3, 4, 5) begins at 3 steps, macro-iteration 3 at 6.
    for (Step steps = 4; steps <= 6; ++steps) {
      Cursor c(p, 0, {0, {0, 0}});
      CHECK(c.seek(5, steps));
      CHECK_FALSE(c.seek(6, steps));
    }
    Cursor g(p, 1, {0, {0, 0}});
    CHECK(g.seek(3, 6));
    CHECK_FALSE(g.seek(4, 6));
  }
}
