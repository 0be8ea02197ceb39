// The replicas that one Runner trains, as the parts of a run that they are: each its own files.
#pragma once

#include <deque>
#include <string>
#include <utility>

#include "engine/graph/sink.h"
#include "io/run/run_directory.h"

namespace ganflow::sweep {

class Parts final : public Sink {
 public:
  // A part for the next replica. Throws what RunDirectory throws.
  void add(ResumeState state, RunInfo info, const RunDirectoryOptions& options) {
    parts_.emplace_back(std::move(state), std::move(info), options);
  }

  void rows(int replica, int table, std::span<const std::byte> rows) override {
    part(replica).rows(0, table, rows);
  }
  void commit(int replica, const Snapshot& snapshot) override { part(replica).commit(0, snapshot); }
  void samples(int replica, const Samples& samples) override { part(replica).samples(0, samples); }
  void flush() override {
    for (RunDirectory& part : parts_) part.flush();
  }
  void failed(int replica, const std::string& why) override { part(replica).failed(0, why); }
  void close() {
    for (RunDirectory& part : parts_) part.close();
  }

 private:
  RunDirectory& part(int replica) { return parts_[static_cast<std::size_t>(replica)]; }
  std::deque<RunDirectory> parts_;
};

}  // namespace ganflow::sweep
