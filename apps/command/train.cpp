#include "apps/command/train.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "apps/command/conclude.h"
#include "apps/command/init.h"
#include "apps/command/prepare.h"
#include "apps/command/progress.h"
#include "apps/command/resume_checks.h"
#include "apps/command/say.h"
#include "apps/command/signals.h"
#include "apps/command/train_together.h"
#include "apps/sweep/sweep.h"
#include "engine/error.h"
#include "engine/ranks/launch.h"
#include "engine/run/runner.h"
#include "io/disk/durable.h"
#include "io/run/run_directory.h"

namespace ganflow::cli {
namespace {

int train_alone(const Training& training, const RunOptions& options) {
  Prepared ready = lowered(training, options);
  if (!options.init.empty() && !options.resume)
    say(stderr, "{}\n", begin_from(options.init, ready.replicas));
  if (options.plan) {
    say("{}\ncompiled in {:.1f} ms\n", describe(ready.replicas[0]),
        1e3 * ready.cache.compile_seconds());
    return 0;
  }
  // Before any thread starts; a signal from here on leaves a run that --resume goes on with.
  const StopOnSignal signals;
  const RunDirectoryOptions keeping{.keep = options.keep,
                                    .grace = grace_of(options, signals.flag())};
  auto [info, run] = described(training, options, ready);
  std::vector<std::optional<Restored>> restored;
  std::unique_ptr<RunDirectory> directory;
  if (options.resume) {
    ResumeState state = state_to_resume(options, info, ready.steps);
    restored = state.restored;
    const bool anew = std::any_of(restored.begin(), restored.end(), [](auto& r) { return !r; });
    if (!options.init.empty() && anew)
      say(stderr, "{}\n", begin_from(options.init, ready.replicas));
    directory = std::make_unique<RunDirectory>(std::move(state), std::move(info), keeping);
  } else {
    const std::string path = options.out.empty() ? free_directory(training.name) : options.out;
    directory = std::make_unique<RunDirectory>(path, std::move(info), keeping);
  }
  const std::filesystem::path path = directory->path();
  if (options.dot) {
    const std::string dot = ready.graphs[0].dot();
    write_durably(path / "graph.dot", std::as_bytes(std::span(dot)));
  }
  run.commits_wanted = &signals.commits_wanted();
  if (options.trace) run.trace = path / "trace.json";
  RunResult result;
  {
    ProgressView view(training.name, static_cast<int>(training.members.size()));
    {
      Runner runner(std::move(ready.replicas), run, *directory, std::move(restored));
      result = runner.run(signals.flag(), [&](const Progress& p) { view.update(p); });
    }
    directory->close();
    conclude(training, options, result, view, path);
  }
  return exit_code(result);
}

}  // namespace

int train(const Training& training, const RunOptions& given) {
  const Launch place = launch();
  RunOptions options = given;
  if (options.ranks_per_replica > 1) {
    require_together(training, options, place);
    if (options.chunks == 0) options.chunks = options.ranks_per_replica;
  }
  if (options.chunks > 0) options.flags["chunks"] = {std::to_string(options.chunks)};
  if (options.ranks_per_replica > 1 && !options.plan)
    return train_together(training, options, place);
  if (place.size == 1) return train_alone(training, options);
  if (options.plan) return place.rank == 0 ? train_alone(training, options) : 0;
  return sweep::train_on_ranks(training, options, place);
}

}  // namespace ganflow::cli
