#include "apps/command/train.h"

#include <fmt/format.h>

#include <deque>
#include <filesystem>
#include <fstream>
#include <thread>

#include "apps/command/progress.h"
#include "apps/command/say.h"
#include "apps/command/signals.h"
#include "apps/command/summary.h"
#include "engine/device/device.h"
#include "engine/error.h"
#include "engine/graph/lower.h"
#include "engine/graph/network_summary.h"
#include "engine/run/runner.h"
#include "io/run/run_directory.h"

namespace ganflow::cli {
namespace {

// runs/NAME-001, the first number that is free.
std::string free_directory(const std::string& name) {
  for (int number = 1;; ++number) {
    std::string path = fmt::format("runs/{}-{:03}", name, number);
    if (!std::filesystem::exists(path)) return path;
  }
}

RunInfo describe_run(const std::string& name, const Graph& first, const RunOptions& options,
                     const std::string& device, int threads,
                     const std::vector<LoweredReplica>& replicas) {
  RunInfo info{.graph = name, .device = device, .threads = threads};
  for (const auto& [option, value] : first.option_values()) info.options[option] = value;
  info.options["fuse"] = options.fuse;
  for (std::size_t r = 0; r < replicas.size(); ++r)
    info.replicas.push_back({.index = static_cast<int>(r),
                             .seed = replicas[r].seed,
                             .settings = replicas[r].settings,
                             .program_hash = replicas[r].hash,
                             .tables = replicas[r].tables});
  return info;
}

// A resumed run must be the run that was begun.
void require_same(const ResumeState& state, const RunInfo& info) {
  const RunInfo& stored = state.index.info;
  if (stored.graph != info.graph)
    fail(Fault::usage, "--resume {}: this is a run of '{}', not of '{}'", state.path, stored.graph,
         info.graph);
  if (stored.replicas.size() != info.replicas.size())
    fail(Fault::usage, "--resume {}: the run has {} replicas, these flags ask for {}", state.path,
         stored.replicas.size(), info.replicas.size());
  for (std::size_t r = 0; r < info.replicas.size(); ++r) {
    const ReplicaInfo &was = stored.replicas[r], &is = info.replicas[r];
    if (was.seed != is.seed)
      fail(Fault::usage, "--resume {}: replica {} was begun with seed {}, not {}", state.path, r,
           was.seed, is.seed);
    const auto& origin = state.origin[r];  // also when run.h5 was made again
    if (origin && origin->seed != is.seed)
      fail(Fault::usage, "--resume {}: the checkpoint of replica {} is of seed {}, not {}",
           state.path, r, origin->seed, is.seed);
    if (was.program_hash == is.program_hash && (!origin || origin->program_hash == is.program_hash))
      continue;
    for (const auto& [option, value] : info.options)
      if (const auto old = stored.options.find(option);
          old != stored.options.end() && old->second != value && option != "steps")
        fail(Fault::usage, "--resume {}: the run was begun with {}={}, these flags say {}",
             state.path, option, old->second, value);
    fail(Fault::usage,
         "--resume {}: replica {} was begun with other settings, other data or another version of "
         "the program; its bits could not be continued",
         state.path, r);
  }
}

std::string newest_picture(const std::string& run) {
  std::filesystem::path newest;
  const std::filesystem::path folder = std::filesystem::path(run) / "replica_000" / "samples";
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(folder, none))
    if (entry.path().extension() == ".png") newest = std::max(newest, entry.path());
  return newest.string();
}

}  // namespace

int list_graph(const std::string& name, const Compose& compose, const RunOptions& options) {
  const Member member = members(options)[0];
  Graph graph(name, graph_settings(options, member));
  compose(graph);
  graph.check();
  for (const std::string& note : graph.notes()) say(stderr, "{}\n", note);
  say("{}: --batch {} --steps {}", name, graph.batch(), graph.steps());
  for (const auto& [option, value] : graph.option_values())
    if (option == "data") say(" --data {}", value);
  say("\n{}{}", describe(graph.options()), describe(summarize(graph)));
  if (options.plan) {
    ProgramCache cache;
    say("{}", describe(lower(graph, member.seed, cache, *open_device(options.device))));
  }
  return 0;
}

int train(const std::string& name, const Compose& compose, const RunOptions& options) {
  const std::shared_ptr<const Device> device = open_device(options.device);
  check_precision(options);
  const std::vector<Member> all = members(options);
  const int cores = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  const int threads = options.threads ? options.threads : cores;

  ProgramCache cache;
  std::deque<Graph> graphs;  // ports point to them
  std::vector<LoweredReplica> replicas;
  for (const Member& member : all) {
    graphs.emplace_back(name, graph_settings(options, member));
    compose(graphs.back());
    replicas.push_back(lower(graphs.back(), member.seed, cache, *device));
  }
  for (const std::string& note : graphs[0].notes()) say(stderr, "{}\n", note);
  if (options.plan) {
    say("{}\ncompiled in {:.1f} ms\n", describe(replicas[0]), 1e3 * cache.compile_seconds());
    return 0;
  }
  const CheckpointEvery checkpoints =
      options.checkpoint_every.empty()
          ? CheckpointEvery{std::max<Step>(1, graphs[0].steps() / 10), 0}
          : parse_checkpoint_every(options.checkpoint_every);
  // Before any thread starts; a signal from here on leaves a run that --resume goes on with.
  const StopOnSignal signals;
  const RunDirectoryOptions keeping{
      .keep = options.keep,
      .grace = {.seconds = options.io_grace,
                .stop = &signals.flag(),
                .say = [](const std::string& text) { say(stderr, "\nganflow: {}\n", text); }}};
  RunInfo info = describe_run(name, graphs[0], options, device->name(), threads, replicas);
  const Keeper refuses_unknown_columns(options.keep, info.replicas[0].tables);
  std::vector<std::optional<Restored>> restored;
  std::unique_ptr<RunDirectory> directory;
  if (options.resume) {
    if (options.out.empty()) fail(Fault::usage, "--resume: say which run to go on with, --out DIR");
    ResumeState state = load_run(options.out, &info);
    for (const std::string& message : state.messages) say(stderr, "{}\n", message);
    require_same(state, info);
    restored = state.restored;
    directory = std::make_unique<RunDirectory>(std::move(state), std::move(info), keeping);
  } else {
    const std::string path = options.out.empty() ? free_directory(name) : options.out;
    directory = std::make_unique<RunDirectory>(path, std::move(info), keeping);
  }
  const std::filesystem::path path = directory->path();
  if (options.dot) std::ofstream(path / "graph.dot") << graphs[0].dot();

  RunnerOptions run{.device = device, .steps = graphs[0].steps(), .threads = threads};
  run.checkpoint_every = checkpoints.steps;
  run.checkpoint_seconds = checkpoints.seconds;
  if (options.trace) run.trace = path / "trace.json";
  RunResult result;
  {
    ProgressView view(name, static_cast<int>(all.size()));
    {
      Runner runner(std::move(replicas), run, *directory, std::move(restored));
      result = runner.run(signals.flag(), [&](const Progress& p) { view.update(p); });
    }
    directory->close();
    Step steps = 0;
    for (const ReplicaResult& r : result.replicas) steps = std::max(steps, r.step);
    say("\n{}: {} critic updates{} in {}{}\n{}", name, with_commas(steps),
        all.size() > 1 ? fmt::format(" x {} replicas", all.size()) : "",
        as_duration(result.seconds), result.stopped ? ", stopped; --resume goes on" : "",
        summary(all, result, view));
  }
  say("  run directory        {}\n", path.string());
  if (const std::string picture = newest_picture(path); !picture.empty())
    say("  samples              {}\n", picture);
  for (const ReplicaResult& r : result.replicas)
    if (r.failed) return static_cast<int>(Fault::replica);
  return 0;
}

}  // namespace ganflow::cli
