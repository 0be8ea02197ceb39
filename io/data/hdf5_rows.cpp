#include "io/data/hdf5_rows.h"

#include <fmt/ranges.h>

#include <algorithm>

namespace ganflow {
namespace {

H5T_class_t class_of(const hdf5::Dataset& dataset) {
  const hdf5::Type type(H5Dget_type(dataset.id()), "H5Dget_type");
  return H5Tget_class(type.id());
}

}  // namespace

std::string shape_text(const std::vector<hsize_t>& extents) {
  return fmt::format("({})", fmt::join(extents, ","));
}

bool has_attribute(const hdf5::Dataset& dataset, const char* name) {
  const std::vector<std::string> names = hdf5::attribute_names(dataset.id());
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_integer(const hdf5::Dataset& dataset) { return class_of(dataset) == H5T_INTEGER; }
bool is_real(const hdf5::Dataset& dataset) { return class_of(dataset) == H5T_FLOAT; }

void read_rows(const hdf5::Dataset& dataset, std::vector<hsize_t> extents, hsize_t begin, hsize_t n,
               hid_t type, void* to) {
  const hdf5::Space in_file(H5Dget_space(dataset.id()), "H5Dget_space");
  std::vector<hsize_t> start(extents.size(), 0);
  start[0] = begin;
  extents[0] = n;
  hdf5::check(H5Sselect_hyperslab(in_file.id(), H5S_SELECT_SET, start.data(), nullptr,
                                  extents.data(), nullptr),
              "H5Sselect_hyperslab");
  const hdf5::Space in_memory = hdf5::simple_space(extents);
  hdf5::check(H5Dread(dataset.id(), type, in_memory.id(), in_file.id(), H5P_DEFAULT, to),
              "H5Dread");
}

}  // namespace ganflow
