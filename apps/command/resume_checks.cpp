#include "apps/command/resume_checks.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>
#include <map>

#include "apps/command/say.h"
#include "engine/error.h"

namespace ganflow::cli {
namespace {

// What two values of an option or a flag are, for a list of them all.
using Differences = std::vector<std::string>;
void compare(Differences& all, const std::string& name, const std::string& was,
             const std::string& is) {
  if (was != is) all.push_back(fmt::format("{} was {}, these flags say {}", name, was, is));
}

// Values of `is` that `was` has, too, with others.
void compare(Differences& all, const std::string& where,
             const std::map<std::string, std::string>& was,
             const std::map<std::string, std::string>& is) {
  for (const auto& [name, value] : is)
    if (const auto old = was.find(name); old != was.end() && name != "steps")
      compare(all, where + name, old->second, value);
}

// How the images differ from those of the run; empty: they are the same, as far as it is known.
std::string other_images(const RunInfo& stored, const RunInfo& info) {
  for (const auto& [set, is] : info.images) {
    const auto found = stored.images.find(set);
    if (found == stored.images.end()) continue;
    const ImageRecord& was = found->second;
    if (was.count != is.count)
      return fmt::format("'{}' holds {} images, the run was begun with {}", set, is.count,
                         was.count);
    if (was.crc32 != 0 && was.crc32 != is.crc32)
      return fmt::format(
          "'{}' holds {} images as it did when the run was begun, but not the same ones (CRC32 "
          "{:08x}, it was {:08x})",
          set, is.count, is.crc32, was.crc32);
  }
  return {};
}

}  // namespace

void require_same(const ResumeState& state, const RunInfo& info) {
  const RunInfo& stored = state.index.info;
  Differences all;
  compare(all, "graph", stored.graph, info.graph);
  compare(all, "replicas", std::to_string(stored.replicas.size()),
          std::to_string(info.replicas.size()));
  bool other = false;
  const std::size_t replicas = std::min(stored.replicas.size(), info.replicas.size());
  for (std::size_t r = 0; r < replicas; ++r) {
    const ReplicaInfo &was = stored.replicas[r], &is = info.replicas[r];
    const auto& origin = state.origin[r];  // also when run.h5 was made again
    const std::string of = replicas > 1 ? fmt::format(" of replica {}", r) : "";
    compare(all, "graph" + of, stored.graph_of(was), info.graph_of(is));
    compare(all, "cell" + of, was.cell, is.cell);
    compare(all, "seed" + of, std::to_string(origin ? origin->seed : was.seed),
            std::to_string(is.seed));
    const bool same =
        was.program_hash == is.program_hash && (!origin || origin->program_hash == is.program_hash);
    other = other || !same;
    if (r > 0 && !same) compare(all, fmt::format("replica {}: ", r), was.settings, is.settings);
  }
  const std::string images = other_images(stored, info);
  if (other || !images.empty()) {
    std::map<std::string, std::string> is = info.options;
    if (!images.empty()) is.erase("data");  // where they lie is not what is wrong
    compare(all, "", stored.options, is);
  }
  if (!all.empty())
    fail(
        Fault::usage,
        "--resume {}: the run was begun otherwise: {}; leave these flags out to go on with its own",
        state.path, fmt::join(all, "; "));
  if (!images.empty())
    fail(Fault::usage,
         "--resume {}: {}; go on with the images it was begun with, or begin a new run with its "
         "weights, --init {}",
         state.path, images, state.path);
  if (other)
    fail(Fault::usage,
         "--resume {}: the run was begun with other data or another version of the program; its "
         "bits could not be continued",
         state.path);
}

void note_instructions(const ResumeState& state, const RunInfo& info) {
  const std::string& was = state.index.info.instructions;
  if (!was.empty() && was != info.instructions)
    say(stderr,
        "{}: the run was begun with the instruction set {}, this machine computes with {}: from "
        "here "
        "on its bits are others than those of a run on one machine\n",
        state.path, was, info.instructions);
}

void note_done(const ResumeState& state, Step steps) {
  Step done = std::numeric_limits<Step>::max();
  for (const std::optional<Restored>& restored : state.restored)
    done = std::min(done, restored ? restored->step : 0);
  if (done < steps) return;
  say(stderr,
      "{}: nothing to do: the run has {} critic updates, {} are asked for; --steps N with a "
      "greater "
      "N goes on\n",
      state.path, done, steps);
}

ResumeState state_to_resume(const RunOptions& options, const RunInfo& info, Step steps) {
  if (options.out.empty())
    fail(Fault::usage, "--resume: say which run to go on with, --resume RUN");
  ResumeState state = load_run(options.out, &info);
  for (const std::string& message : state.messages) say(stderr, "{}\n", shown(message));
  require_same(state, info);
  note_instructions(state, info);
  note_done(state, steps);
  return state;
}

Grace grace_of(const RunOptions& options, const std::atomic<bool>& stop) {
  return {.seconds = options.io_grace, .stop = &stop, .say = [](const std::string& text) {
            say(stderr, "\nganflow: {}\n", text);
          }};
}

}  // namespace ganflow::cli
