#include "apps/command/conclude.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "apps/command/say.h"
#include "apps/command/summary.h"
#include "engine/error.h"
#include "io/disk/durable.h"

namespace ganflow::cli {
namespace {

// What plateaus did to a replica, which is named unless it is -1.
std::string plateaus(const RunOptions& options, const ReplicaResult& result, int replica) {
  const std::string of = replica < 0 ? "" : fmt::format("replica {}: ", replica);
  std::string text;
  for (const auto& [scalar, value] : result.lowered)
    text += fmt::format("  {}{} fell to {:.4g}\n", of, scalar, value);
  if (result.flat)
    text += fmt::format(
        "  {}ended at step {}: {} evaluations without a better {}; --resume --stop-after N with a "
        "greater N goes on\n",
        of, result.step, options.stop_after, options.keep.best);
  return text;
}

// The newest picture, or file without one, of every sample of the graph, by name.
std::map<std::string, std::string> newest_samples(const std::string& run) {
  std::map<std::string, std::string> newest;
  std::error_code none;
  const std::filesystem::path replica = std::filesystem::path(run) / "replica_000";
  for (const auto& folder : std::filesystem::directory_iterator(replica, none)) {
    const std::string name = folder.path().filename().string();
    if (name == "checkpoints" || name == "rows" || name == "timing") continue;
    std::filesystem::path last;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path(), none))
      if (const auto ending = entry.path().extension(); ending == ".h5" || ending == ".png")
        last = std::max(last, entry.path());  // of one step .h5 comes before .png
    if (!last.empty()) newest[name] = last.string();
  }
  return newest;
}

}  // namespace

std::string free_directory(const std::string& name) {
  make_directory("runs");
  for (int number = 1;; ++number) {
    std::string path = fmt::format("runs/{}-{:03}", name, number);
    std::error_code error;
    if (std::filesystem::create_directory(path, error)) return path;
    if (error) cannot_write(path, error.value());
  }
}

void conclude(const Training& training, const RunOptions& options, const RunResult& result,
              const ProgressView& view, const std::string& run) {
  const std::size_t replicas = training.members.size();
  Step steps = 0;
  for (const ReplicaResult& r : result.replicas) steps = std::max(steps, r.step);
  say("\n{}: {} critic updates{} in {}{}\n{}", training.name, with_commas(steps),
      replicas > 1 ? fmt::format(" x {} replicas", replicas) : "", as_duration(result.seconds),
      result.stopped ? ", stopped; --resume goes on" : "",
      training.conclusion ? training.conclusion(run) : summary(training.members, result, view));
  for (std::size_t r = 0; r < replicas; ++r)
    say("{}", plateaus(options, result.replicas[r], replicas > 1 ? static_cast<int>(r) : -1));
  say("  run directory        {}\n", run);
  for (const auto& [samples, file] : newest_samples(run)) say("  {:<20} {}\n", samples, file);
}

int exit_code(const RunResult& result) {
  const bool failed = std::any_of(result.replicas.begin(), result.replicas.end(),
                                  [](const ReplicaResult& r) { return r.failed; });
  return failed ? static_cast<int>(Fault::replica) : 0;
}

}  // namespace ganflow::cli
