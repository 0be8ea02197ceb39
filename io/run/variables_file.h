// Variables in an HDF5 file, as checkpoints and extractors keep them:
//
//   /variables/<name>   float32, in groups by the slashes of the name, chunks of at most 1 MiB with
//                       Fletcher32; attributes name and crc32 (of the bytes)
//   root attributes     tensor_count, total_bytes, state_crc32
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/graph/sink.h"
#include "io/disk/hdf5.h"

namespace ganflow {

// Returns their state_crc: CRC32 over (name, shape, bytes) of all in name order, equal for equal
// states.
std::uint32_t write_variables(const hdf5::File& file, const std::vector<VariableView>& variables);

struct StoredVariables {
  std::map<std::string, std::vector<float>> values;
  std::map<std::string, Shape> shapes;
  std::uint32_t state_crc = 0;
};
// Of the file `path`, whose seal is known to be right. Throws Error(input) for a tensor that is not
// what it was written as.
StoredVariables read_variables(const std::string& path, const hdf5::File& file);

}  // namespace ganflow
