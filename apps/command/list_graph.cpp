#include "apps/command/list_graph.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "apps/command/lower_on.h"
#include "apps/command/say.h"
#include "engine/device/device.h"
#include "engine/error.h"
#include "engine/graph/lower.h"
#include "engine/graph/network_summary.h"

namespace ganflow::cli {
namespace {

// Options that are declared only once another one is on: found by turning on each that is 0.
std::string options_when_on(const std::string& name, const Compose& compose,
                            const RunOptions& options, const Graph& graph) {
  std::set<std::string> listed;
  for (const OptionInfo& o : graph.options()) listed.insert(o.name);
  std::string text;
  for (const OptionInfo& o : graph.options()) {
    if (o.value != "0") continue;
    Member member = members(options, name)[0];
    member.values.insert_or_assign(o.name, std::string(1, '1'));
    std::vector<OptionInfo> more;
    try {
      Graph on(name, graph_settings(options, member));
      compose(on);
      for (const OptionInfo& other : on.options())
        if (listed.insert(other.name).second) more.push_back(other);
    } catch (const Error&) {
      continue;  // 1 is no value of it, or does not go with the others
    }
    if (!more.empty()) text += fmt::format("with --set {}=1\n{}", o.name, describe(more));
  }
  return text;
}

}  // namespace

int list_graph(const std::string& name, const Compose& compose, const RunOptions& options) {
  const Member member = members(options, name)[0];
  Graph graph(name, graph_settings(options, member));
  compose(graph);
  graph.check();
  for (const std::string& note : graph.notes()) say(stderr, "{}\n", shown(note));
  say("{}: --batch {} --steps {}", name, graph.batch(), graph.steps());
  for (const auto& [option, value] : graph.option_values())
    if (option == "data") say(" --data {}", value);
  say("\n{}{}{}", describe(graph.options()), options_when_on(name, compose, options, graph),
      describe(summarize(graph)));
  if (options.plan) {
    ProgramCache cache;
    LoweredReplica replica;
    lower_on(open_device(options.device, arithmetic(options)), options.device == "auto",
             [&](const Device& device) { replica = lower(graph, member.seed, cache, device); });
    say("{}", describe(replica));
  }
  return 0;
}

}  // namespace ganflow::cli
