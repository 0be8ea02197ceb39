// Where state of a network moves, and formulas that run for what they assign.
#include <doctest/doctest.h>

#include <algorithm>

#include "engine/graph/graph_impl.h"
#include "engine/graph/lower.h"
#include "engine/graph/stages.h"
#include "ops/layers/batch_norm.h"
#include "ops/layers/forward.h"
#include "ops/layers/layers.h"
#include "ops/layers/linear.h"
#include "ops/losses/wasserstein.h"
#include "ops/optimizers/rmsprop.h"
#include "ops/ports.h"
#include "ops/sources/noise.h"
#include "ops/techniques/average.h"

using namespace ganflow;

TEST_SUITE_BEGIN("graph");

namespace {

void compose(Graph& g) {
  const Network G = g.network("G", layers({Linear{.out = 3}, BatchNorm{}}));
  const Network D = g.network("D", layers({Linear{.out = 4}, BatchNorm{}, relu, Linear{.out = 1}}));
  const Port real = g.add("data", Normal{.dim = 3});
  const Port fake = g.add("generate", Forward{G}, g.add("noise", Normal{.dim = 2}));
  const Port d_real = g.add("critic_real", Forward{D}, real);
  const Port d_fake = g.add("critic_fake", Forward{D}, fake);
  g.phase("critic", 1)
      .minimize("critic_step", g.add("loss", Wasserstein{}, d_real, d_fake), D, RmsProp{});
  const Port fresh = g.add("generate2", Forward{G}, g.add("noise2", Normal{.dim = 2}));
  const Port judged = g.add("critic_judge", Forward{D}, fresh);
  g.phase("generator", 1)
      .minimize("generator_step", -mean(judged), G, RmsProp{})
      .also(g.add("average", Average{.network = G}));
  g.sample("samples", g.add("smooth", Forward{averaged(G)}, g.add("noise3", Normal{.dim = 2})),
           {.height = 1, .width = 3}, every(0), 4);
}

std::vector<std::string> assigned(const PhaseStages& cut) {
  std::vector<std::string> names;
  for (const CutStage& stage : cut.stages)
    for (const Output& result : stage.program.results)
      if (result.assign) names.push_back(stage.program.variables[result.slot].name);
  std::sort(names.begin(), names.end());
  return names;
}

bool has(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

TEST_CASE("state of a network moves only in phases that minimize by it") {
  Graph g("test");
  compose(g);
  g.check();
  const PhaseStages critic = cut_phase(g.impl(), 0, Granularity::overlap),
                    generator = cut_phase(g.impl(), 1, Granularity::overlap);
  CHECK(has(assigned(critic), "D/norm1/mean"));
  CHECK_FALSE(has(assigned(critic), "G/norm1/mean"));
  CHECK(has(assigned(generator), "G/norm1/mean"));
  CHECK_FALSE(has(assigned(generator), "D/norm1/mean"));
  for (const CutStage& stage : critic.stages)  // so that the next fakes are made beside the critic
    if (stage.name == "generate") CHECK(stage.timing == Timing::ahead);
}

TEST_CASE("also() runs a formula for what it assigns, after which samples are drawn from it") {
  Graph g("test");
  compose(g);
  g.check();
  const std::vector<std::string> names = assigned(cut_phase(g.impl(), 1, Granularity::overlap));
  for (const char* name : {"G.average/linear1/w", "G.average/norm1/variance"}) {
    CAPTURE(name);
    CHECK(has(names, name));
  }
  ProgramCache cache;
  const LoweredReplica replica = lower(g, 1, cache);
  REQUIRE(replica.evaluations.size() == 1);
  for (const int index : replica.evaluations[0].variables)
    CHECK(replica.variables[static_cast<std::size_t>(index)].name.starts_with("G.average/"));
}

TEST_CASE("layers are known by name, shape and nodes") {
  Graph g("test");
  compose(g);
  std::vector<std::string> names;
  for (const GraphLayer& layer : g.impl().layers) {
    names.push_back(layer.name + " " + layer.shape.str());
    CHECK(layer.begin < layer.end);
  }
  CHECK(names == std::vector<std::string>{"G/linear1 (64,3)", "G/norm1 (64,3)", "D/linear1 (64,4)",
                                          "D/norm1 (64,4)", "D/linear2 (64,1)"});
}

TEST_SUITE_END();
