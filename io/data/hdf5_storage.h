// Whether the elements of a dataset can be read, before they are: where they lie, and how packed.
#pragma once

#include <cstdint>
#include <string>

#include "io/disk/hdf5.h"

namespace ganflow {

// `what` names the dataset for sentences: "/images (50,32,32,3)"; `bytes` is what it unpacks to.
// Throws Error(input) for elements in files that are not the set's own (external storage, a link
// into another file, sources of a virtual dataset outside of the file's folder), for sources that
// are not there, which the library would read as zeros, for a filter this HDF5 library lacks, and
// for a file that holds less than the elements need.
void require_readable(const std::string& path, const hdf5::Dataset& dataset,
                      const std::string& what, std::uint64_t bytes);

// The dataset of that name; none: an empty handle. Throws Error(input) where the way to it leaves
// the file.
hdf5::Dataset find_dataset(const std::string& path, const hdf5::File& file,
                           const std::string& name);

// Why the library cannot open a file, in the user's words: it is open elsewhere, or newer than the
// library, or no whole HDF5 file.
[[noreturn]] void refuse_unopened(const std::string& path, const hdf5::Failure& failure);

}  // namespace ganflow
