// When each node ran, for a timeline in Perfetto or chrome://tracing. Spans go to preallocated
// rings, one per thread, that overwrite their oldest; the file is written when the run is over.
#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "engine/run/statistics.h"

namespace ganflow {

struct Span {
  int node = 0;
  int replica = 0;
  std::uint64_t occurrence = 0;
  Clock::time_point begin, end;
};

class Trace {
 public:
  static constexpr std::size_t kPerThread = std::size_t{1} << 16;

  // Opens `file` at once, so that a path that cannot be written is refused before work starts
  // (Error output); empty: nothing is recorded. The last thread is the writer.
  Trace(const std::string& file, std::vector<std::string> nodes, std::size_t threads);
  void add(std::size_t thread, const Span& span) {
    if (file_) rings_[thread][used_[thread].count++ % kPerThread] = span;
  }
  // Trace event format: one complete event ("X") a span, microseconds since `start`, a track per
  // thread, args replica and occurrence. No thread may still be recording.
  void write(Clock::time_point start);

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  struct alignas(64) Used {
    std::uint64_t count = 0;
  };
  std::string path_;
  std::unique_ptr<std::FILE, Close> file_;
  std::vector<std::string> nodes_;
  std::vector<std::vector<Span>> rings_;
  std::vector<Used> used_;
};

}  // namespace ganflow
