// A checkpoint: all Variables of a replica and its counters at one step, in an immutable file.
//
//   /variables/<name>   float32, in groups by the slashes of the name, chunks of at most 1 MiB with
//                       Fletcher32; attributes name and crc32 (of the bytes)
//   /counters           one uint64 attribute a counter: "macro", phases, what plateaus have seen
//   root attributes     schema, kind, replica, seed, step, program_hash, tensor_count, total_bytes,
//                       state_crc32, complete = 1
#pragma once

#include <string>

#include "engine/graph/lowered.h"
#include "engine/graph/sink.h"
#include "io/run/run_info.h"

namespace ganflow {

struct Checkpoint {
  Restored state;
  int replica = 0;
  std::uint64_t seed = 0;
  std::uint64_t program_hash = 0;
  std::map<std::string, Shape> shapes;
  // CRC32 over (name, shape, bytes) of all Variables in name order: equal for equal states.
  std::uint32_t state_crc = 0;
};

// Sealed and durable, read back before it gets its name. Throws Error(output).
void write_checkpoint(const std::string& path, const ReplicaInfo& replica,
                      const Snapshot& snapshot);

// Verifies the seal, every tensor and the whole state. Throws Error(input).
Checkpoint read_checkpoint(const std::string& path);

}  // namespace ganflow
