#include "apps/command/train.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <filesystem>
#include <span>
#include <thread>

#include "apps/command/init.h"
#include "apps/command/lower_on.h"
#include "apps/command/progress.h"
#include "apps/command/resume_checks.h"
#include "apps/command/say.h"
#include "apps/command/signals.h"
#include "apps/command/summary.h"
#include "engine/device/device.h"
#include "engine/error.h"
#include "engine/graph/lower.h"
#include "engine/run/runner.h"
#include "engine/run/timeline.h"
#include "io/disk/durable.h"
#include "io/run/run_directory.h"

namespace ganflow::cli {
namespace {

// Makes runs/NAME-001, the first number that is free, also among starts at one time.
std::string free_directory(const std::string& name) {
  make_directory("runs");
  for (int number = 1;; ++number) {
    std::string path = fmt::format("runs/{}-{:03}", name, number);
    std::error_code error;
    if (std::filesystem::create_directory(path, error)) return path;
    if (error) cannot_write(path, error.value());
  }
}

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

RunInfo describe_run(const std::string& name, const Graph& first, const RunOptions& options,
                     const Device& device, int threads,
                     const std::vector<LoweredReplica>& replicas) {
  RunInfo info{.graph = name,
               .device = device.name(),
               .threads = threads,
               .replicas = {},
               .flags = options.flags,
               .images = first.images(),
               .instructions = device.instructions()};
  for (const auto& [option, value] : first.option_values()) info.options[option] = value;
  info.options["fuse"] = options.fuse;
  if (const auto data = info.options.find("data"); data != info.options.end())
    data->second = absolute_data(data->second);
  if (const auto data = info.flags.find("data"); data != info.flags.end())
    for (std::string& value : data->second) value = absolute_data(value);
  if (const auto init = info.flags.find("init"); init != info.flags.end())
    for (std::string& value : init->second) value = absolute_init(value);
  for (std::size_t r = 0; r < replicas.size(); ++r)
    info.replicas.push_back({.index = static_cast<int>(r),
                             .seed = replicas[r].seed,
                             .settings = replicas[r].settings,
                             .program_hash = replicas[r].hash,
                             .tables = replicas[r].tables,
                             .formulas_hash = replicas[r].formulas});
  return info;
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

std::string newest_picture(const std::string& run) {
  std::filesystem::path newest;
  const std::filesystem::path folder = std::filesystem::path(run) / "replica_000" / "samples";
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(folder, none))
    if (entry.path().extension() == ".png") newest = std::max(newest, entry.path());
  return newest.string();
}

}  // namespace

int train(const std::string& name, const Compose& compose, const RunOptions& options) {
  std::shared_ptr<const Device> device = open_device(options.device);
  check_precision(options);
  const std::vector<Member> all = members(options);
  const int cores = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  const int threads = options.threads ? options.threads : cores;

  require_text("--data", options.data.value_or(""));
  require_text("--init", options.init);
  ProgramCache cache;
  std::deque<Graph> graphs;  // ports point to them
  std::vector<LoweredReplica> replicas;
  for (const Member& member : all) {
    graphs.emplace_back(name, graph_settings(options, member));
    compose(graphs.back());
  }
  device = lower_on(device, options.device == "auto", [&](const Device& on) {
    replicas.clear();
    for (std::size_t r = 0; r < all.size(); ++r)
      replicas.push_back(lower(graphs[r], all[r].seed, cache, on));
  });
  for (const std::string& note : graphs[0].notes()) say(stderr, "{}\n", shown(note));
  if (!options.init.empty() && !options.resume)
    say(stderr, "{}\n", begin_from(options.init, replicas));
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
  RunInfo info = describe_run(name, graphs[0], options, *device, threads, replicas);
  const Keeper refuses_unknown_columns(options.keep, info.replicas[0].tables);
  require_measured(options, replicas[0]);
  note_rounding(replicas[0], graphs[0].steps());
  std::vector<std::optional<Restored>> restored;
  std::unique_ptr<RunDirectory> directory;
  if (options.resume) {
    if (options.out.empty())
      fail(Fault::usage, "--resume: say which run to go on with, --resume RUN");
    ResumeState state = load_run(options.out, &info);
    for (const std::string& message : state.messages) say(stderr, "{}\n", shown(message));
    require_same(state, info);
    note_instructions(state, info);
    note_done(state, graphs[0].steps());
    restored = state.restored;
    const bool anew = std::any_of(restored.begin(), restored.end(), [](auto& r) { return !r; });
    if (!options.init.empty() && anew) say(stderr, "{}\n", begin_from(options.init, replicas));
    directory = std::make_unique<RunDirectory>(std::move(state), std::move(info), keeping);
  } else {
    const std::string path = options.out.empty() ? free_directory(name) : options.out;
    directory = std::make_unique<RunDirectory>(path, std::move(info), keeping);
  }
  const std::filesystem::path path = directory->path();
  if (options.dot) {
    const std::string dot = graphs[0].dot();
    write_durably(path / "graph.dot", std::as_bytes(std::span(dot)));
  }

  RunnerOptions run{.device = device, .steps = graphs[0].steps(), .threads = threads};
  run.checkpoint_every = checkpoints.steps;
  run.checkpoint_seconds = checkpoints.seconds;
  run.commits_wanted = &signals.commits_wanted();
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
