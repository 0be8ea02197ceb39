#include "io/run/resume.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "engine/error.h"
#include "io/disk/sealed.h"
#include "io/run/rows_file.h"

namespace ganflow {
namespace {

std::string file_of(const std::string& directory, Step step) {
  return directory + "/" + step_name(step) + ".h5";
}

// Call in a catch block. What can only not be read now may be whole: it stays where it is, and the
// run is not resumed without it.
void put_aside(const std::string& path, const Error& error, const char* then,
               std::vector<std::string>& messages) {
  if (dynamic_cast<const Unreadable*>(&error) != nullptr) throw;
  if (std::rename(path.c_str(), (path + ".corrupt").c_str()) != 0)
    fail(Fault::output, "{}; it cannot be renamed: {}", error.what(), std::strerror(errno));
  messages.push_back(fmt::format("{}; renamed to .corrupt{}", error.what(), then));
}

// Wall-clock rows cannot be computed again and nothing depends on them: damaged ones just go.
void put_damaged_aside(const std::string& directory, std::vector<std::string>& messages) {
  for (const Step step : steps_in(directory)) {
    const std::string path = file_of(directory, step);
    try {
      verify_seal(path);
    } catch (const Error& error) {
      put_aside(path, error, "", messages);
    }
  }
}

// The spans of the whole rows files of a replica; damaged ones are put aside and reported.
std::vector<RowsSpan> whole_rows(const std::string& directory, std::vector<std::string>& messages) {
  std::vector<RowsSpan> spans;
  for (const Step step : steps_in(directory)) {
    const std::string path = file_of(directory, step);
    try {
      spans.push_back(read_rows_span(path));
    } catch (const Error& error) {
      put_aside(path, error, "", messages);
    }
  }
  return spans;
}

struct Leading {
  std::vector<Step> commits;  // ascending
  bool whole = false;         // none is missing between the beginning and the last
};

// The commits up to `step` whose rows files are there.
Leading leading_to(const std::vector<RowsSpan>& spans, Step step) {
  Leading result;
  std::optional<Step> end;
  result.whole = true;
  for (const RowsSpan& span : spans) {
    if (span.step > step) break;
    result.whole = result.whole && span.after == end;
    end = span.step;
    result.commits.push_back(span.step);
  }
  result.whole = result.whole && end == step;
  return result;
}

void load_replica(ResumeState& state, int replica) {
  const std::string directory = state.path + "/" + replica_directory(replica);
  for (const char* folder : {"", "/rows", "/timing", "/checkpoints"})
    require_no_link(directory + folder);
  const std::vector<RowsSpan> spans = whole_rows(directory + "/rows", state.messages);
  put_damaged_aside(directory + "/timing", state.messages);
  std::vector<Step> steps = steps_in(directory + "/checkpoints");
  std::reverse(steps.begin(), steps.end());

  std::optional<Checkpoint> chosen;
  Leading leading;
  for (const Step step : steps) {
    const std::string path = file_of(directory + "/checkpoints", step);
    try {
      if (leading
              .whole) {  // older ones stay to be whole, too: verify is to find nothing afterwards
        verify_seal(path);
        continue;
      }
      Checkpoint checkpoint = read_checkpoint(path);
      Leading found = leading_to(spans, step);
      // Rows that are missing are computed again if an older checkpoint allows it.
      if (!chosen || found.whole) {
        chosen = std::move(checkpoint);
        leading = std::move(found);
      }
    } catch (const Error& error) {
      put_aside(path, error, leading.whole ? "" : ", trying an older one", state.messages);
    }
  }
  if (!chosen) {
    // One rows file alone: the first commit was interrupted.
    if (!steps.empty() || spans.size() > 1)
      state.messages.push_back(
          fmt::format("{}: replica {} starts again at step 0, {}", state.path, replica,
                      steps.empty() ? "it has no checkpoint" : "none of its checkpoints is whole"));
    state.restored.emplace_back();
    state.origin.emplace_back();
  } else {
    const Step step = chosen->state.step;
    if (!leading.whole)
      state.messages.push_back(
          fmt::format("{}: replica {} goes on from step {} without some of its metric rows, no "
                      "whole checkpoint "
                      "precedes the lost ones",
                      state.path, replica, step));
    else if (step != steps.front())
      state.messages.push_back(fmt::format("{}: replica {} goes on from step {} instead of step {}",
                                           state.path, replica, step, steps.front()));
    state.restored.emplace_back(std::move(chosen->state));
    state.origin.push_back(ResumeState::Origin{chosen->seed, chosen->program_hash});
  }
  state.commits.push_back(std::move(leading.commits));
}

}  // namespace

std::vector<Step> steps_in(const std::string& directory) {
  std::vector<Step> steps;
  Step step = 0;
  for (const std::string& name : directory_entries(directory))
    if (parse_step_file(name, step)) steps.push_back(step);
  std::sort(steps.begin(), steps.end());
  return steps;
}

ResumeState load_run(const std::string& path, const RunInfo* known) {
  if (!holds_run(path)) read_run_index(path);  // says so, before a lock file is made
  ResumeState state{path, RunLock(path), {}, {}, {}, {}, {}};
  try {
    if (!exists(path + "/run.h5")) fail(Fault::input, "{} has lost its index, run.h5", path);
    state.index = read_run_index(path);
  } catch (const Error& error) {
    if (known == nullptr || error.fault() != Fault::input ||
        dynamic_cast<const Unreadable*>(&error) != nullptr)
      throw;
    state.index = new_run_index(*known);
    state.messages.push_back(fmt::format("{}; made again from this command line", error.what()));
  }
  for (const ReplicaInfo& replica : state.index.info.replicas) load_replica(state, replica.index);
  return state;
}

ResumeState load_part(const std::string& path, const RunInfo& info) {
  ResumeState state{path, RunLock::join(path), new_run_index(info), {}, {}, {}, {}};
  load_replica(state, info.replicas.at(0).index);
  return state;
}

bool holds_run(const std::string& path) {
  return exists(path + "/run.h5") || exists(path + "/" + replica_directory(0));
}

Checkpoint load_checkpoint(const std::string& run, int replica, std::optional<Step> step,
                           std::vector<std::string>* messages) {
  const RunIndex index = read_run_index(run);
  const int replicas = static_cast<int>(index.info.replicas.size());
  if (replica < 0 || replica >= replicas)
    fail(Fault::usage, "run {} has replicas 0 to {}, not {}", run, replicas - 1, replica);
  const std::string directory = run + "/" + replica_directory(replica) + "/checkpoints";
  std::vector<Step> steps = steps_in(directory);
  if (steps.empty()) fail(Fault::usage, "run {} has no checkpoint of replica {} yet", run, replica);
  if (step) {
    if (std::find(steps.begin(), steps.end(), *step) == steps.end())
      fail(Fault::usage, "run {} has no checkpoint of replica {} at step {}: there are {}", run,
           replica, *step, fmt::join(steps, ", "));
    return read_checkpoint(file_of(directory, *step));
  }
  for (auto newest = steps.rbegin();; ++newest) {
    try {
      return read_checkpoint(file_of(directory, *newest));
    } catch (const Error& error) {
      if (newest + 1 == steps.rend()) throw;
      if (messages)
        messages->push_back(fmt::format("{}; an older checkpoint is taken", error.what()));
    }
  }
}

}  // namespace ganflow
