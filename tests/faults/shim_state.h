// What the interposed library and whoever started the process share: orders by environment, counts
// by a mapped file, a log of operations.
//
//   GANFLOW_FAULT_DIR    real path of a directory; only operations on files below it count
//   GANFLOW_FAULT_ONLY   and only those whose path contains this text
//   GANFLOW_FAULT_STATE  file of one SharedState
//   GANFLOW_FAULT_MODE   count; once, good: operation AT fails with ERRNO, for good also all after
//                        it; kill, torn: SIGKILL before operation AT, or in the middle of its
//                        write; slow: each takes AT microseconds longer; stuck: operation AT never
//                        returns; room: no file has room beyond its first AT bytes; record: LOG
//                        gets every operation; listing: the AT-th step of listing a directory
//                        below DIR, or DIR, fails with ERRNO
//   GANFLOW_FAULT_AT, GANFLOW_FAULT_ERRNO, GANFLOW_FAULT_LOG
#pragma once

#include <atomic>
#include <cstdint>

namespace ganflow::faults {

struct SharedState {
  std::atomic<std::uint64_t> operations;  // begun
  std::atomic<std::uint64_t> commits;     // directory syncs of .../checkpoints that succeeded
  std::atomic<std::uint64_t> failed;      // operations made to fail
  std::atomic<std::uint64_t> listings;    // directories opened, entries asked for
};

enum class Operation : std::uint32_t {
  write,
  truncate,
  rename,
  unlink,
  directory,
  create,
  flushed
};

// In the log, followed by the path, then by the data of a write or the new path of a rename.
struct LogRecord {
  Operation operation;
  std::uint32_t path_bytes;
  std::uint64_t offset;  // of a write; size of a truncate
  std::uint64_t data_bytes;
};

}  // namespace ganflow::faults
