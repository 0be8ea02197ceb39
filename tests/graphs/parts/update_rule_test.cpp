#include "graphs/parts/update_rule.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "support/named_graph.h"
#include "support/run_example.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

GraphSettings with(Values values) { return {.batch = 8, .values = std::move(values)}; }

// What Adam, RMSProp or SGD keep beside a weight of a player.
std::set<std::string> state_of(const LoweredReplica& replica, const std::string& player) {
  std::set<std::string> names;
  for (const VariableInfo& v : replica.variables)
    if (v.name.starts_with(player)) names.insert(v.name.substr(v.name.rfind('/') + 1));
  return names;
}

}  // namespace

TEST_SUITE("presets") {
  // Was: one lr, one pair of betas and one optimizer for both players.
  TEST_CASE("a player has its own learning rate where it is set") {
    const ShortRun run = short_run("wgan-gp", with({{"generator.lr", "0"}, {"lr", "0.01"}}));
    const LoweredReplica& replica = run.replicas[0];
    const auto moved = [&](const std::string& name) {
      const std::vector<double> start = initial_value(replica, name);
      const std::vector<float>& end = run.variable(name);
      return !std::equal(start.begin(), start.end(), end.begin(), end.end(),
                         [](double a, float b) { return static_cast<float>(a) == b; });
    };
    CHECK(moved("D/0/w"));
    CHECK_FALSE(moved("G/0/w"));
  }

  TEST_CASE("a player has its own optimizer where it is set") {
    const LoweredReplica replica =
        lowered("wgan-gp", {{"critic.optimizer", "adam"}, {"generator.optimizer", "sgd"}});
    CHECK(state_of(replica, "critic_step/") ==
          std::set<std::string>{"avg", "square_avg", "avg_weight", "square_avg_weight"});
    CHECK(state_of(replica, "generator_step/") == std::set<std::string>{"momentum"});
  }

  TEST_CASE("a value of one's own that is the common one changes nothing") {
    const Values common{{"optimizer", "adam"}, {"beta1", "0.25"}};
    Values own = common;
    own.insert({{"generator.beta1", "0.25"}, {"critic.optimizer", "adam"}});
    const std::uint64_t hash = lowered("wgan-gp", common).hash;
    CHECK(lowered("wgan-gp", own).hash == hash);
    own["critic.beta1"] = "0.5";
    CHECK(lowered("wgan-gp", own).hash != hash);
  }

  TEST_CASE("a rate of one's own is listed as the common one and recorded") {
    const auto info = [](const Graph& graph, const std::string& name) {
      for (const OptionInfo& o : graph.options())
        if (o.name == name) return o.initial + " " + o.value;
      return std::string();
    };
    CHECK(info(*composed("wgan-gp"), "generator.lr") == "lr lr");
    CHECK(info(*composed("wgan-gp", with({{"generator.lr", "linear(1:0,0:10)"}})),
               "generator.lr") == "lr linear(1: 0, 0: 10)");
    CHECK(error_of([] {
            lowered("wgan-gp", {{"generator.lr", "-1"}});
          }).find("generator.lr is -1, it must be at least 0") != std::string::npos);
    CHECK(error_of([] {
            lowered("wgan-gp", {{"generater.lr", "1"}});
          }).find("did you mean 'generator.lr'?") != std::string::npos);
  }
}
