#include "io/run/run_opening.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "engine/error.h"

namespace ganflow {
namespace {

bool same_tables(const RunInfo& a, const RunInfo& b) {
  const auto same_column = [](const Column& x, const Column& y) {
    return x.name == y.name && x.type == y.type;
  };
  const auto same_table = [&](const Table& x, const Table& y) {
    return x.name == y.name && x.timing == y.timing &&
           std::equal(x.columns().begin(), x.columns().end(), y.columns().begin(),
                      y.columns().end(), same_column);
  };
  return std::equal(a.replicas.begin(), a.replicas.end(), b.replicas.begin(), b.replicas.end(),
                    [&](const ReplicaInfo& x, const ReplicaInfo& y) {
                      return std::equal(x.tables.begin(), x.tables.end(), y.tables.begin(),
                                        y.tables.end(), same_table);
                    });
}

// What a start that came to nothing may have left.
bool is_remnant(const std::string& name) {
  return name == "run.lock" || (name.starts_with(".") && name.ends_with(".tmp")) ||
         name == ".probe";
}

// A directory of other things stays as it is: not even a lock is made in it.
void require_free(const std::string& path) {
  if (holds_run(path)) return;
  for (const std::string& name : directory_entries(path))
    if (!is_remnant(name) && name != "metrics.h5")
      fail(Fault::usage,
           "--out {}: the directory holds '{}' and no run; choose a new or an empty directory, {}",
           path, name, (std::filesystem::path(path) / "run-001").string());
}

}  // namespace

RunLock lock_new_run(const std::string& path) {
  require_free(path);
  make_directory(path);
  RunLock lock(path);
  if (exists(path + "/run.h5")) {
    const RunIndex found = read_run_index(path);
    fail(Fault::usage,
         "{} already holds a run of '{}' begun at {}; continue it with --resume or choose another "
         "--out",
         path, found.info.graph, found.created);
  }
  for (const std::string& name : directory_entries(path))
    if (name == "metrics.h5" || name.starts_with("replica_"))
      fail(Fault::usage,
           "{} holds {} of a run whose run.h5 is missing; go on with it with --resume or choose "
           "another --out",
           path, name);
  return lock;
}

RunIndex resumed(const ResumeState& state, RunInfo info) {
  if (!same_tables(state.index.info, info))
    fail(Fault::usage,
         "run {} has {} replicas of '{}' with other tables than the {} of this one; resume it with "
         "the options it was begun with",
         state.path, state.index.info.replicas.size(), state.index.info.graph,
         info.replicas.size());
  RunIndex index = new_run_index(std::move(info));
  index.run_id = state.index.run_id;
  index.created = state.index.created;
  index.resumes = state.index.resumes + 1;
  return index;
}

void set_aside(const std::string& directory, std::optional<Step> last) {
  for (const Step step : steps_in(directory)) {
    if (last && step <= *last) continue;
    const std::string path = directory + "/" + step_name(step) + ".h5";
    std::rename(path.c_str(), (path + ".superseded").c_str());
  }
}

void remove_live_files(const std::string& directory) {
  for (const bool timing : {false, true}) ::unlink((directory + live_file(timing)).c_str());
}

void remove_temporaries(const std::string& directory) {
  for (const std::string& name : directory_entries(directory))
    if (name.starts_with(".") && name.ends_with(".tmp")) ::unlink((directory + "/" + name).c_str());
}

}  // namespace ganflow
