// The labels of a packed set of images.
#pragma once

#include <string>

#include "io/data/image_set.h"
#include "io/disk/hdf5.h"

namespace ganflow {

// Fills the labels and classes of `set` from integers (N) or (N, 1), or from rows (N, K) of which
// one element is 1 and the others 0. `what` names the dataset: "/labels". Throws Error(input) for
// anything else.
void read_hdf5_labels(const std::string& path, const std::string& what, const hdf5::Dataset& labels,
                      ImageSet& set);

}  // namespace ganflow
