// Many replicas in one run: what they share.
#include <doctest/doctest.h>

#include "apps/command/train.h"
#include "graphs/presets.h"
#include "support/command.h"
#include "support/named_graph.h"
#include "support/run_example.h"

using namespace ganflow;
using namespace ganflow::test;

TEST_SUITE("replicas") {
  // Was: every replica composed and lowered a graph of its own, 65 ms each: 10,000 of them did not
  // come to --plan.
  TEST_CASE("replicas of equal settings share one graph") {
    int composed = 0;
    const Compose counted = [&](Graph& g) {
      ++composed;
      named("thesis-1d").compose(g);
    };
    const cli::RunOptions options{
        .replicas = 5000, .set = {"lr=1e-3,1e-4"}, .device = "cpu", .plan = true};
    CHECK(cli::train({.name = "one",
                      .members = cli::members(options, "one"),
                      .find = [&](const std::string&) { return counted; }},
                     options) == 0);
    CHECK(composed == 2);
  }

  // So that what they share is the graph, not the seed or the settings.
  TEST_CASE("a replica of many is the run of its seed and settings") {
    const TemporaryDirectory dir;
    const std::string flags = kTiny + "--steps 12 --checkpoint-every 0 --out ";
    REQUIRE(
        command(flags + (dir / "all") + " --seed 4 --replicas 2 --set lr=1e-3,1e-4").exit_code ==
        0);
    REQUIRE(command(flags + (dir / "one") + " --seed 5 --set lr=1e-4").exit_code == 0);
    CHECK(left_by(dir / "all", 3) == left_by(dir / "one", 0));
    CHECK_FALSE(left_by(dir / "all", 1) == left_by(dir / "one", 0));
    CHECK_FALSE(left_by(dir / "all", 2) == left_by(dir / "one", 0));
  }
}
