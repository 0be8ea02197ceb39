#include "apps/command/prepare.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <thread>

#include "apps/command/init.h"
#include "apps/command/lower_on.h"
#include "apps/command/say.h"
#include "engine/chunks/executable.h"
#include "engine/error.h"
#include "engine/ranks/launch.h"
#include "engine/run/timeline.h"
#include "engine/run/watched.h"
#include "io/run/keep.h"

namespace ganflow::cli {
namespace {

// "images:d#test" -> "images:/home/me/d#test", so that the run finds its data from anywhere.
std::string absolute_data(const std::string& data) {
  const auto colon = data.find(':');
  if (colon == data.npos) return data;
  for (auto end = data.size(); end != data.npos && end > colon; end = data.rfind('#', end - 1)) {
    const std::string path = data.substr(colon + 1, end - colon - 1);
    if (!path.empty() && std::filesystem::exists(path))
      return data.substr(0, colon + 1) +
             std::filesystem::absolute(path).lexically_normal().string() + data.substr(end);
  }
  return data;
}

// Every option of a graph with its value, as the run records it.
std::map<std::string, std::string> recorded_options(const Graph& graph, const RunOptions& options) {
  std::map<std::string, std::string> all;
  for (const auto& [option, value] : graph.option_values()) all[option] = value;
  all["fuse"] = options.fuse;
  if (options.chunks > 1) all["chunks"] = std::to_string(options.chunks);
  if (const auto data = all.find("data"); data != all.end())
    data->second = absolute_data(data->second);
  return all;
}

// `graphs`: of the replicas.
RunInfo describe_run(const Training& training, const std::vector<const Graph*>& graphs,
                     const RunOptions& options, const Device& device, int threads,
                     const std::vector<LoweredReplica>& replicas) {
  RunInfo info{.graph = training.name,
               .options = recorded_options(*graphs[0], options),
               .device = device.name(),
               .threads = threads,
               .replicas = {},
               .flags = options.flags,
               .images = {},
               .instructions = device.instructions()};
  if (const auto data = info.flags.find("data"); data != info.flags.end())
    for (std::string& value : data->second) value = absolute_data(value);
  if (const auto init = info.flags.find("init"); init != info.flags.end())
    for (std::string& value : init->second) value = absolute_init(value);
  for (std::size_t r = 0; r < replicas.size(); ++r) {
    const Member& member = training.members[r];
    ReplicaInfo& replica = info.replicas.emplace_back(
        ReplicaInfo{.index = static_cast<int>(r),
                    .seed = replicas[r].seed,
                    .settings = replicas[r].settings,
                    .program_hash = replicas[r].hash,
                    .tables = replicas[r].tables,
                    .formulas_hash = replicas[r].formulas,
                    .graph = member.graph == training.name ? "" : member.graph,
                    .cell = member.cell});
    for (const auto& [option, value] : recorded_options(*graphs[r], options)) {
      const auto same = info.options.find(option);
      if (same == info.options.end() || same->second != value) replica.options[option] = value;
    }
    info.images.insert(graphs[r]->images().begin(), graphs[r]->images().end());
  }
  return info;
}

// Sentences about the data of several graphs are those of each once.
void say_notes(const std::deque<Graph>& graphs) {
  std::set<std::string> said;
  for (const Graph& graph : graphs)
    for (const std::string& note : graph.notes())
      if (said.insert(note).second) say(stderr, "{}\n", shown(note));
}

// All replicas stop at one mark.
Step common_steps(const std::deque<Graph>& graphs) {
  for (const Graph& graph : graphs)
    if (graph.steps() != graphs[0].steps())
      fail(Fault::usage,
           "one of the replicas ('{}') makes {} critic updates, the first ('{}') {}: those of one "
           "run are as long; train them one by one",
           graph.name(), graph.steps(), graphs[0].name(), graphs[0].steps());
  return graphs[0].steps();
}

// What a run records is UTF-8 text: another path could not be found by it again.
void require_text(const std::string& flag, const std::string& value) {
  if (!is_utf8(value))
    fail(Fault::usage,
         "{} {}: the path is not UTF-8 text, as which the run would record it; rename it, or link "
         "to "
         "it by another name",
         flag, value);
}

// Says so where fewer updates are asked for than one iteration of all phases makes.
void note_rounding(const LoweredReplica& replica, Step steps) {
  const Step first = critic_updates(replica.phases, 0);
  if (first > steps)
    say(stderr,
        "--steps {}: one iteration of this graph makes {} critic updates, so that as many are "
        "made\n",
        steps, first);
}

// --keep-best of a column that is in the tables but never gets a row.
void require_measured(const RunOptions& options, const LoweredReplica& replica) {
  for (const LoweredEvaluation& e : replica.evaluations)
    if (e.metric && e.every == 0 && options.keep.best.starts_with(e.name + "."))
      fail(Fault::usage,
           "--keep-best {}: '{}' is measured at the end only, so that there is no choice; use "
           "--evaluate-every N",
           options.keep.best, e.name);
}

// What ends the run early; absent: nothing.
std::optional<Plateau> stop_on(const RunOptions& options, const Keeper& keeper,
                               const LoweredReplica& replica) {
  if (options.stop_after == 0) return {};
  const std::string flag = fmt::format("--stop-after {}", options.stop_after);
  if (options.keep.best.empty())
    fail(Fault::usage, "{}: say which column is to get better, --keep-best quality.kl", flag);
  const Plateau plateau{
      .column = keeper.column(), .greatest = keeper.greatest(), .patience = options.stop_after};
  watched_column(replica, plateau, flag);
  return plateau;
}

}  // namespace

Prepared lowered(const Training& training, const RunOptions& options,
                 const std::shared_ptr<Peers>& peers) {
  std::optional<Division> division;
  if (options.chunks > 1 || peers) division = Division{{.chunks = options.chunks}, peers};
  Prepared ready{.device = open_device(options.device, arithmetic(options)),
                 .threads = options.threads ? options.threads : cores_of(launch())};
  const std::vector<Member>& all = training.members;
  require_text("--data", options.data.value_or(""));
  require_text("--init", options.init);
  // Those of equal settings follow one another and differ in their seeds only.
  const auto as_before = [](const Member& member) {
    const Member& before = (&member)[-1];
    return member.values == before.values && member.graph == before.graph;
  };
  std::deque<Graph>& graphs = ready.graphs;
  for (const Member& member : all) {
    if (graphs.empty() || !as_before(member)) {
      graphs.emplace_back(member.graph, graph_settings(options, member));
      training.find(member.graph)(graphs.back());
    }
    ready.graph_of.push_back(&graphs.back());
  }
  ready.steps = common_steps(graphs);
  std::vector<LoweredReplica>& replicas = ready.replicas;
  ready.device = lower_on(ready.device, options.device == "auto", [&](const Device& on) {
    replicas.clear();
    for (auto graph = graphs.begin(); const Member& member : all) {
      if (!replicas.empty() && as_before(member)) {
        replicas.push_back(replicas.back());
        replicas.back().seed = member.seed;
      } else {
        replicas.push_back(lower(*graph++, member.seed, ready.cache, on, division));
      }
    }
  });
  say_notes(graphs);
  return ready;
}

Described described(const Training& training, const RunOptions& options, const Prepared& ready) {
  const CheckpointEvery checkpoints = options.checkpoint_every.empty()
                                          ? CheckpointEvery{std::max<Step>(1, ready.steps / 10), 0}
                                          : parse_checkpoint_every(options.checkpoint_every);
  Described all{.info = describe_run(training, ready.graph_of, options, *ready.device,
                                     ready.threads, ready.replicas),
                .run = {.device = ready.device, .steps = ready.steps, .threads = ready.threads}};
  for (std::size_t r = 0; r < ready.replicas.size(); ++r) {
    const Keeper keeper(options.keep, all.info.replicas[r].tables);  // refuses unknown columns
    require_measured(options, ready.replicas[r]);
    check_plateaus(ready.replicas[r]);
    all.run.stop_on = stop_on(options, keeper, ready.replicas[r]);
  }
  note_rounding(ready.replicas[0], ready.steps);
  all.run.checkpoint_every = checkpoints.steps;
  all.run.checkpoint_seconds = checkpoints.seconds;
  return all;
}

}  // namespace ganflow::cli
