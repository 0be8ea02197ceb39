#include "io/run/shared_run.h"

#include <algorithm>

#include "io/disk/hdf5.h"
#include "io/run/run_directory.h"
#include "io/run/run_opening.h"

namespace ganflow {
namespace {

void write_links(const std::string& run, const RunInfo& info, bool timing) {
  write_durably(run + live_file(timing), [&](const std::string& temporary) {
    hdf5::File file = hdf5::create_file(temporary, {.live = true});
    hdf5::write_fixed_text(file.id(), "schema", "1.0");
    hdf5::write_fixed_text(file.id(), "kind", timing ? "timing" : "metrics");
    for (const ReplicaInfo& replica : info.replicas) {
      const std::string name = replica_directory(replica.index);
      hdf5::check(H5Lcreate_external((name + live_file(timing)).c_str(), ("/" + name).c_str(),
                                     file.id(), name.c_str(), H5P_DEFAULT, H5P_DEFAULT),
                  "H5Lcreate_external");
    }
    file.close();
  });
}

}  // namespace

SharedRun::SharedRun(const std::string& path, RunInfo info, Grace grace)
    : path_(path),
      lock_(lock_new_run(path)),
      index_(new_run_index(std::move(info))),
      grace_(std::move(grace)) {
  open();
}

SharedRun::SharedRun(ResumeState state, RunInfo info, Grace grace)
    : path_(state.path),
      lock_(std::move(state.lock)),
      index_(resumed(state, std::move(info))),
      grace_(std::move(grace)) {
  open();
}

void SharedRun::open() {
  remove_temporaries(path_);
  std::vector<ReplicaSummary> summaries;
  for (const ReplicaInfo& replica : index_.info.replicas)
    summaries.push_back(read_summary(path_, replica));
  index_.summary = summary_columns(index_.info, summaries);
  Insist insist(grace_);
  insist([&] { write_run_index(path_, index_); });
  for (const bool timing : {false, true})
    if (!timing || has_timing(index_.info))
      insist([&] { write_links(path_, index_.info, timing); });
  lock_.share();
}

void SharedRun::close() {
  ResumeState state{path_, std::move(lock_), index_, {}, {}, {}, {}};
  --state.index.resumes;  // which going on counts
  for (const ReplicaInfo& replica : index_.info.replicas) {
    const std::string directory = path_ + "/" + replica_directory(replica.index);
    const std::vector<Step> checkpoints = steps_in(directory + "/checkpoints");
    std::vector<Step> commits = steps_in(directory + "/rows");
    auto& restored = state.restored.emplace_back();
    if (!checkpoints.empty()) restored = Restored{.step = checkpoints.back()};
    std::erase_if(commits, [&](Step step) { return !restored || step > restored->step; });
    state.commits.push_back(std::move(commits));
  }
  RunDirectoryOptions options;
  options.grace = grace_;
  RunDirectory whole(std::move(state), index_.info, options);
  whole.close();
}

}  // namespace ganflow
