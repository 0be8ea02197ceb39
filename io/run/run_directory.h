// The run directory: where a run leaves its metrics, checkpoints and samples. io/README.md has the
// layout. Used from one thread only; all HDF5 handles live here.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/graph/sink.h"
#include "io/disk/durable.h"
#include "io/disk/insist.h"
#include "io/run/keep.h"
#include "io/run/metrics_file.h"
#include "io/run/resume.h"
#include "io/run/run_index.h"

namespace ganflow {

struct RunDirectoryOptions {
  KeepOptions keep;  // of the checkpoints; rows are never pruned
  Grace grace;       // for output that cannot be written once the run has begun
  // One replica of a run that other processes write too (shared_run.h): all that is written lies in
  // the directory of the replica, its live files as well.
  bool part = false;
};

class RunDirectory final : public Sink {
 public:
  // A new run in `path`, which is made if need be. Throws Error(usage) if a run is there already,
  // Error(busy) if it is going on, Error(output) if nothing can be written.
  RunDirectory(const std::string& path, RunInfo info, const RunDirectoryOptions& options = {});

  // Goes on with a run: live tables are made again from the committed rows, whatever lies beyond
  // the restored steps is renamed to "....superseded". Throws Error(usage) if the replicas or their
  // tables differ from the stored ones.
  RunDirectory(ResumeState state, RunInfo info, const RunDirectoryOptions& options = {});

  ~RunDirectory() override;  // close() without its errors

  // Throw Error(output) when the grace is over, after which everything flushed or committed is
  // whole and further calls fail at once.
  void rows(int replica, int table, std::span<const std::byte> rows) override;
  void commit(int replica, const Snapshot& snapshot) override;
  void samples(int replica, const Samples& samples) override;
  void flush() override;
  // Kept until a commit of the replica says that it goes on.
  void failed(int replica, const std::string& why) override;

  // Closes the live files, after which every HDF5 tool can open them, and completes run.h5's links.
  void close();

  const std::string& path() const { return path_; }
  const RunIndex& index() const { return index_; }

 private:
  struct Replica {
    std::string path;
    std::vector<int> place;                       // of each table in its live file
    std::vector<std::vector<std::byte>> pending;  // rows of each table since the last commit
    std::vector<Step> commits;                    // whose rows files are there, ascending
    std::optional<Step> last;                     // newest commit; its rows file may be lost
    Keeper keeper;
    ReplicaSummary summary;
  };

  // Does what writes, again and again if need be, only while the directory is this run's: one that
  // went away is waited for, and not made anew.
  template <class Body>
  void output(Body&& body);
  void open(const ResumeState* state);
  std::unique_ptr<MetricsFile> make_live(bool timing) const;
  bool made_again(bool timing);
  std::string rows_path(const Replica& replica, Step step, bool timing) const;
  // Hands out the rows of one rows file, by table of the replica.
  template <class Take>
  void read_rows(std::size_t replica, Step step, bool timing, Take&& take) const;
  void take_back(std::size_t replica);
  void commit_rows(std::size_t replica, Step step);
  void write_index();

  std::string path_;
  std::string own_;  // the directory that no other process writes in: the run's, or the part's
  RunLock lock_;
  RunIndex index_;
  RunDirectoryOptions options_;
  Insist insist_;
  std::array<std::unique_ptr<MetricsFile>, 2> live_;  // metrics.h5, timing.h5
  std::vector<Replica> replicas_;
  bool closed_ = false;
};

}  // namespace ganflow
