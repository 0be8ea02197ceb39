// Rows of HDF5 datasets of numbers, and what they are made of.
#pragma once

#include <string>
#include <vector>

#include "io/disk/hdf5.h"

namespace ganflow {

// "(50,32,32,3)".
std::string shape_text(const std::vector<hsize_t>& extents);

bool has_attribute(const hdf5::Dataset& dataset, const char* name);
bool is_integer(const hdf5::Dataset& dataset);
bool is_real(const hdf5::Dataset& dataset);  // floating point

// Reads rows [begin, begin + n) of a dataset of these extents, as numbers of a native type.
void read_rows(const hdf5::Dataset& dataset, std::vector<hsize_t> extents, hsize_t begin, hsize_t n,
               hid_t type, void* to);

}  // namespace ganflow
