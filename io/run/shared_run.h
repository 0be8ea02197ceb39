// A run whose replicas other processes write, one process each at a time: this one holds the lock,
// which they join, and writes what is one: run.h5, and metrics.h5 and timing.h5 with links to the
// replicas' own. At the end it makes one file of those, so that the run is as if it had one writer.
// Nothing of HDF5 is held between the calls.
#pragma once

#include <string>

#include "io/disk/durable.h"
#include "io/disk/insist.h"
#include "io/run/resume.h"
#include "io/run/run_index.h"

namespace ganflow {

class SharedRun {
 public:
  // As those of RunDirectory.
  SharedRun(const std::string& path, RunInfo info, Grace grace);
  SharedRun(ResumeState state, RunInfo info, Grace grace);

  const std::string& path() const { return path_; }

  // Once nobody else writes and every part was closed: without that, all stays as a kill at this
  // moment would have left it, readable through the links. Throws Error(output).
  void close();

 private:
  void open();

  std::string path_;
  RunLock lock_;
  RunIndex index_;
  Grace grace_;
};

}  // namespace ganflow
