#include "support/named_graph.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "engine/error.h"
#include "engine/tensor/philox.h"
#include "graphs/presets.h"
#include "support/image_files.h"

namespace ganflow::test {

NamedGraph named(const std::string& name) {
  for (const auto& list : {presets(), graphs()})
    for (const NamedGraph& g : list)
      if (g.name == name) return g;
  fail(Fault::usage, "no graph is called {}", name);
}

GraphSettings small_dense(Values values) {
  values.emplace("generator", "8");
  values.emplace("critic", "8");
  return {.batch = 16, .values = std::move(values)};
}

GraphSettings small_images(Values values) {
  values.emplace("width", "2");
  values.emplace("latent", "4");
  values.emplace("quality", "0");
  return {.batch = 4, .data = cifar_data(), .values = std::move(values)};
}

std::unique_ptr<Graph> composed(const std::string& name, GraphSettings settings) {
  auto graph = std::make_unique<Graph>(name, std::move(settings));
  named(name).compose(*graph);
  graph->check();
  return graph;
}

LoweredReplica lowered(const std::string& name, GraphSettings settings) {
  static ProgramCache cache;
  return lower(*composed(name, std::move(settings)), 1, cache);
}

std::vector<float> ShortRun::column(int c) const {
  std::vector<float> all;
  for (std::size_t p = 0; p < replicas[0].phases.size(); ++p)
    for (const float value : sink.column<float>(0, static_cast<int>(p), c)) all.push_back(value);
  return all;
}

std::vector<float> ShortRun::column(const std::string& table, const std::string& name) const {
  const std::vector<Table>& tables = sink.tables[0];
  for (std::size_t t = 0; t < tables.size(); ++t)
    for (std::size_t c = 0; c < tables[t].columns().size(); ++c)
      if (tables[t].name == table && tables[t].columns()[c].name == name)
        return sink.column<float>(0, static_cast<int>(t), static_cast<int>(c));
  FAIL("no column ", table, " ", name);
  return {};
}

const std::vector<float>& ShortRun::variable(const std::string& name) const {
  REQUIRE(!sink.commits.empty());
  REQUIRE(sink.commits.back().variables.contains(name));
  return sink.commits.back().variables.at(name);
}

ShortRun short_run(const std::string& name, const GraphSettings& settings, Step steps) {
  std::vector<LoweredReplica> replicas{lowered(name, settings)};
  MemorySink sink(replicas);
  const RunResult result = run_toy(replicas, {.steps = steps, .threads = 1}, sink);
  CHECK_FALSE(result.replicas[0].failed);
  return {std::move(replicas), std::move(sink)};
}

std::vector<double> initial_value(const LoweredReplica& replica, const std::string& name) {
  for (const VariableInfo& v : replica.variables)
    if (v.name == name) {
      std::vector<double> values(static_cast<std::size_t>(v.shape.elements()));
      v.initializer(1, stream_id(name), values);
      return values;
    }
  FAIL("no variable ", name);
  return {};
}

}  // namespace ganflow::test
