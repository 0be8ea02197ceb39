// Immutable HDF5 files that are known to be whole before the HDF5 library sees a byte of them,
// since damaged files can hang or crash it.
//
// The first 512 bytes (an HDF5 user block, which every HDF5 tool skips) are text: the length of the
// file and the CRC32 of all bytes after the block, then zeros.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "io/disk/durable.h"
#include "io/disk/hdf5.h"

namespace ganflow {

// Writes `path` durably (durable.h); `fill` puts the contents into the open file; `check` may look
// at the sealed file before it gets its name.
void write_sealed(const std::string& path, const std::function<void(const hdf5::File&)>& fill,
                  const std::function<void(const std::string& temporary)>& check = {});

// Throws Error(input) naming the file and the damage (not sealed, truncated, changed), Unreadable.
void verify_seal(const std::string& path);

// Throws Error(input) if elements of these extents do not fit into the file: what sealed
// files hold is not compressed, so more than that was never written. Called before allocating.
void require_within(const std::string& path, const std::string& what,
                    const std::vector<hsize_t>& extents, std::size_t bytes_each);

// verify_seal, then lets `use` read the open file; the library's complaints become Unreadable.
void read_sealed(const std::string& path, const std::function<void(const hdf5::File&)>& use);
// The same without the former, for a file that was sealed just now.
void read_contents(const std::string& path, const std::function<void(const hdf5::File&)>& use);

}  // namespace ganflow
