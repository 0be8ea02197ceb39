// The run directory: where a run leaves its metrics, checkpoints and samples. io/README.md has the
// layout. Used from one thread only; all HDF5 handles live here.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/flow/sink.h"
#include "io/durable.h"
#include "io/metrics_file.h"
#include "io/resume.h"
#include "io/run_index.h"

namespace ganflow {

struct RunDirectoryOptions {
  int keep_checkpoints = 3;  // newest checkpoints kept per replica, >= 1; rows are never pruned
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

  void rows(int replica, int table, std::span<const std::byte> rows) override;
  void commit(int replica, const Snapshot& snapshot) override;
  void samples(int replica, const Samples& samples) override;
  void flush() override;

  // Closes the live files, after which every HDF5 tool can open them, and completes run.h5's links.
  void close();

  const std::string& path() const { return path_; }
  const RunIndex& index() const { return index_; }

 private:
  struct LiveRef {
    MetricsFile* file = nullptr;
    int table = 0;  // in the file
  };
  struct Commit {
    std::optional<Step> step;         // absent: the beginning
    std::vector<std::uint64_t> rows;  // per table, up to and with this commit
  };
  struct Replica {
    std::string path;
    std::vector<LiveRef> tables;
    Commit before, last;  // `before` precedes `last`
  };

  void open();
  void restore(const ResumeState& state);
  void write_rows_until(Replica& replica, int index, const Commit& from, const Commit& to,
                        bool timing) const;
  std::uint64_t rows_until(const LiveRef& table, std::uint64_t begin, Step step) const;

  std::string path_;
  RunLock lock_;
  RunIndex index_;
  RunDirectoryOptions options_;
  std::unique_ptr<MetricsFile> metrics_, timing_;
  std::vector<Replica> replicas_;
  bool closed_ = false;
};

}  // namespace ganflow
