// A live file of growing tables: SWMR, so that readers can watch and a kill -9 loses nothing that
// was flushed. Everything in it is created before it goes live; nothing is added later.
//
// The first failure is final: the file is left as it is, as if the process had died there, since
// the library counts rows it could not write and closing would record them. Every later call throws
// the same Error(output).
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/graph/sink.h"
#include "io/disk/hdf5.h"

namespace ganflow {

struct LiveTable {
  std::string path;  // "replica_000/critic"
  Table table;
};

// Attributes of a replica's group: its seed and the --set values it has.
struct LiveGroup {
  std::string path;  // "replica_000"
  std::uint64_t seed = 0;
  std::map<std::string, std::string> settings;
};

class MetricsFile {
 public:
  // Made beside `path` under a temporary name, which go_live() renames into place.
  MetricsFile(std::string path, std::vector<LiveTable> tables,
              const std::vector<LiveGroup>& groups);
  ~MetricsFile();

  void append(int table, std::span<const std::byte> rows);  // whole rows
  // Rows appended before are there at once; those appended after, at each flush().
  void go_live();
  void flush();  // when something was appended since the last one
  void close();
  // Leaves the file as it is, for good: as if the process had died here.
  void leave();
  bool failed() const { return failure_.has_value(); }

  const std::string& path() const { return path_; }

 private:
  struct Growing {
    LiveTable spec;
    std::uint64_t rows = 0;
    hdf5::Type type;  // while the dataset is open
    hdf5::Dataset dataset;
  };
  // An open dataset costs the library some 50 KiB, and each file that is closed a look at all of
  // them: the table that was opened first is closed when too many are.
  const hdf5::Dataset& opened(int table);
  void close_tables();
  // Runs `body`; a complaint of the library becomes the final Error(output).
  template <class Body>
  void writing(Body&& body);

  std::string path_, temporary_;
  std::optional<hdf5::Failure> failure_;
  hdf5::File file_;
  std::vector<Growing> tables_;
  std::deque<int> open_;  // tables whose dataset is, the oldest first
  bool live_ = false, dirty_ = false;
};

}  // namespace ganflow
