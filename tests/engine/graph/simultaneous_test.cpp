// Two optimizer steps of one phase: simultaneous gradient descent.
#include <doctest/doctest.h>

#include "engine/error.h"
#include "engine/graph/lower.h"
#include "engine/run/runner.h"
#include "ops/layers/initializers.h"
#include "ops/optimizers/clip.h"
#include "ops/optimizers/sgd.h"
#include "ops/ports.h"
#include "ops/primitives/arithmetic.h"
#include "ops/primitives/math.h"
#include "support/run_example.h"
#include "support/toy_flow.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

// A player is one number.
Network player(Graph& g, const std::string& name, double start) {
  return g.network(name, [start](Formula& f, Value) {
    return f.variable("w", {}, Keep::parameter, init::constant(start));
  });
}
Port value_of(Graph& g, const std::string& name, const Network& player) {
  return g.add(name, [player](Formula& f) { return player(f, {}) * 1.0; });
}

struct Game {
  Network X, Y;
  Port x, y, payoff;
};

// x y: x is to make it small, y to make it large. The only equilibrium is (0, 0).
Game bilinear(Graph& g) {
  Game game{player(g, "X", 1), player(g, "Y", 0), {}, {}, {}};
  game.x = value_of(g, "x", game.X);
  game.y = value_of(g, "y", game.Y);
  game.payoff = g.add(
      "payoff", [](Formula&, Value x, Value y) { return x * y; }, game.x, game.y);
  return game;
}

}  // namespace

TEST_SUITE("graph") {
  // Was: "critic_step (optimizer)", in drawings as in sentences.
  TEST_CASE("a drawing says which optimizer moves which network") {
    Graph g("g", {.batch = 1});
    const Game game = bilinear(g);
    const auto plain = [](Formula&, const std::string&, Value w, Value) { return w; };
    g.phase("one", 1).minimize("x_step", game.payoff, game.X, Sgd{.lr = 0.1});
    g.phase("two", 1).minimize("y_step", -game.payoff, game.Y, clip_weights(Sgd{.lr = 0.1}, 2));
    g.phase("three", 1).minimize("own_step", game.payoff, game.X, plain);
    const std::string dot = g.dot();
    CAPTURE(dot);
    CHECK(dot.find("x_step\\nSgd X\"") != std::string::npos);
    CHECK(dot.find("y_step\\nclip_weights(Sgd) Y\"") != std::string::npos);
    CHECK(dot.find("own_step\\noptimizer\"") != std::string::npos);
  }

  // Was: "member name is not unique (H5Tinsert); free its disk": two columns named 'objective'.
  TEST_CASE("both steps read the Variables as the step began") {
    for (const bool fuse : {true, false}) {
      for (const int threads : {1, 3}) {
        CAPTURE(fuse);
        CAPTURE(threads);
        Graph g("test", {.fuse = fuse});
        const Game game = bilinear(g);
        g.phase("both", 1)
            .minimize("x_step", game.payoff, game.X, Sgd{.lr = 0.1})
            .minimize("y_step", -game.payoff, game.Y, Sgd{.lr = 0.1});
        g.tap("x", game.x);
        g.tap("y", game.y);
        ProgramCache cache;
        std::vector<LoweredReplica> lowered{lower(g, 1, cache)};
        MemorySink sink(lowered);
        const RunResult result =
            run_toy(std::move(lowered), {.steps = 4, .threads = threads}, sink);
        CHECK_FALSE(result.replicas[0].failed);
        const auto column = [&](const std::string& name) {
          const std::vector<Column>& columns = sink.tables[0][0].columns();
          for (std::size_t c = 0; c < columns.size(); ++c)
            if (columns[c].name == name) return sink.column<float>(0, 0, static_cast<int>(c));
          FAIL("no column " << name);
          return std::vector<float>();
        };
        const auto check = [&](const std::string& name, const std::vector<double>& expected) {
          const std::vector<float> values = column(name);
          REQUIRE(values.size() == expected.size());
          for (std::size_t i = 0; i < expected.size(); ++i)
            CHECK(values[i] == doctest::Approx(expected[i]).epsilon(1e-6));
        };
        // x' = x - 0.1 y, y' = y + 0.1 x from (1, 0); in turn y would see x' at the second step.
        check("x", {1, 1, 0.99, 0.97});
        check("y", {0, 0.1, 0.2, 0.299});
        check("x_step.objective", {0, 0.1, 0.198, 0.29003});
        check("y_step.objective", {0, -0.1, -0.198, -0.29003});
        CHECK(sink.commits.back().variables.at("X/w")[0] == doctest::Approx(0.9401).epsilon(1e-6));
        CHECK(sink.commits.back().variables.at("Y/w")[0] == doctest::Approx(0.396).epsilon(1e-6));
      }
    }
  }

  TEST_CASE("the second objective is watched like the first") {
    Graph g("test");
    const Game game = bilinear(g);
    const Port root = g.add(
        "root", [](Formula&, Value x, Value y) { return recip(y - 0.2) * x; }, game.x, game.y);
    g.phase("both", 1)
        .minimize("x_step", game.payoff, game.X, Sgd{.lr = 0})
        .minimize("y_step", root, game.Y,
                  [](Formula&, const std::string&, Value y, Value) { return y + 0.1; });
    ProgramCache cache;
    std::vector<LoweredReplica> lowered{lower(g, 1, cache)};
    MemorySink sink(lowered);
    const RunResult result = run_toy(std::move(lowered), {.steps = 9}, sink);
    CHECK(result.replicas[0].failed);
    CHECK(result.replicas[0].message.find("step 3: the loss is not finite") != std::string::npos);
  }

  // Was: the second update of a Variable was dropped without a word.
  TEST_CASE("two steps of a phase do not move one Variable") {
    Graph g("test");
    const Game game = bilinear(g);
    Phase phase = g.phase("both", 1);
    phase.minimize("x_step", game.payoff, game.X, Sgd{});
    CHECK(error_of([&] { phase.minimize("again", -game.payoff, game.X, Sgd{}); }) ==
          "2 again: phase 'both' moves 'X/w' already, by 'x_step'; minimize the sum of both "
          "objectives in one step, or take another phase");
  }

  TEST_CASE("columns of one step keep their short names") {
    Graph g("test");
    const Game game = bilinear(g);
    g.phase("x", 1).minimize("x_step", game.payoff + game.payoff, game.X, Sgd{});
    ProgramCache cache;
    const LoweredReplica lowered = lower(g, 1, cache);
    std::vector<std::string> names;
    for (const LoweredTap& tap : lowered.phases[0].taps) names.push_back(tap.name);
    CHECK(names == std::vector<std::string>{"objective", "payoff"});
  }
}
