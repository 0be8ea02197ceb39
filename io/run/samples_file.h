// Generated samples in an immutable file: /images uint8 (N, H, W, C) or /points float32 (N, D), and
// /grid, the picture beside it as a PNG, with the attributes of the HDF5 image specification 1.2.
#pragma once

#include <string>

#include "io/images/picture.h"

namespace ganflow {

// Sealed and durable. Throws Error(output).
void write_samples(const std::string& path, const Samples& samples, const Pixels& grid);

}  // namespace ganflow
