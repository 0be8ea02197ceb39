#include "engine/cuda/driver/graph.h"

#include <doctest/doctest.h>

#include <random>
#include <set>

#include "support/recorded_driver.h"

using namespace ganflow;
using namespace ganflow::cuda;
using namespace ganflow::test;
using kernels::Hazard;

namespace {

using Edges = std::vector<std::vector<std::size_t>>;

Hazard hazard(std::size_t earlier, std::size_t later) {
  return {Hazard::Kind::read_after_write, earlier, later};
}

// By launch: all that it waits for, directly or by way of others.
std::vector<std::set<std::size_t>> closure(const Edges& edges) {
  std::vector<std::set<std::size_t>> before(edges.size());
  for (std::size_t i = 0; i < edges.size(); ++i)
    for (const std::size_t e : edges[i]) {
      before[i].insert(e);
      before[i].insert(before[e].begin(), before[e].end());
    }
  return before;
}

}  // namespace

TEST_SUITE("cuda graph") {
  TEST_CASE("a hazard that follows from others is no edge") {
    CHECK(direct_edges(0, {}) == Edges{});
    CHECK(direct_edges(2, {}) == Edges{{}, {}});
    const std::vector<Hazard> chain{hazard(0, 1), hazard(1, 2), hazard(0, 2), hazard(0, 2)};
    CHECK(direct_edges(3, chain) == Edges{{}, {0}, {1}});
    const std::vector<Hazard> diamond{hazard(0, 1), hazard(0, 2), hazard(1, 3), hazard(2, 3),
                                      hazard(0, 3)};
    CHECK(direct_edges(4, diamond) == Edges{{}, {0}, {0}, {1, 2}});
  }

  TEST_CASE("of random hazards the order stays and no edge can be spared") {
    std::mt19937 random(3);
    for (int round = 0; round < 50; ++round) {
      const std::size_t n = 2 + random() % 30;
      std::vector<Hazard> hazards;
      Edges all(n);
      for (std::size_t later = 1; later < n; ++later)
        for (std::size_t earlier = 0; earlier < later; ++earlier)
          if (random() % 4 == 0) {
            hazards.push_back(hazard(earlier, later));
            all[later].push_back(earlier);
          }
      std::shuffle(hazards.begin(), hazards.end(), random);
      const Edges direct = direct_edges(n, hazards);
      CHECK(closure(direct) == closure(all));
      for (std::size_t i = 0; i < n; ++i)
        for (std::size_t e = 0; e < direct[i].size(); ++e) {
          Edges without = direct;
          without[i].erase(without[i].begin() + static_cast<std::ptrdiff_t>(e));
          CHECK(closure(without) != closure(direct));
        }
    }
  }

  TEST_CASE("nodes are added with their edges and sizes, then the description is given back") {
    record_driver({.keep_calls = true});
    {
      const auto context = std::make_shared<const Context>(recorded_driver(), 0);
      const std::size_t before = recorded_calls().size();
      int function = 0;
      KernelNode node{reinterpret_cast<CUfunction>(&function), 3, 128, {nullptr}};
      const std::vector<KernelNode> nodes{node, node, node};
      const LaunchGraph graph(context, nodes, {{}, {0}, {0, 1}});
      CHECK(graph.executable() != nullptr);
      std::vector<std::string> calls = recorded_calls();
      calls.erase(calls.begin(), calls.begin() + static_cast<std::ptrdiff_t>(before));
      std::erase(calls, "cuCtxSetCurrent");
      CHECK(calls == std::vector<std::string>{"cuGraphCreate", "cuGraphAddKernelNode 3x128 after 0",
                                              "cuGraphAddKernelNode 3x128 after 1",
                                              "cuGraphAddKernelNode 3x128 after 2",
                                              "cuGraphInstantiateWithFlags", "cuGraphDestroy"});
      CHECK(not_given_back() ==
            std::map<std::string, int>{{"contexts", 1}, {"executable graphs", 1}});
    }
    CHECK(not_given_back().empty());
  }
}
