// A packed set of images in one HDF5 file, made by h5py, MATLAB or ganflow itself (io/README.md
// says how):
//
//   /images  uint8, (N, H, W, C), (N, C, H, W) or (N, H, W), C 1 or 3; the attribute `axes`
//   ("NHWC",
//            "NCHW", "NHW") says which, and may be left out if only one of them fits
//   /labels  any integers, (N), optional; attribute `classes`: K, otherwise the greatest label + 1
//
// Chunks and filters as one likes. The file is read whole, twice: first in a child process with a
// time limit, since a damaged file can hang or crash the HDF5 library; close to no other HDF5 file
// may be open for writing then, so read it before a run directory is made.
#pragma once

#include <string>

#include "io/data/image_set.h"

namespace ganflow {

// Throws Error(usage) for a file that is not there, Error(input) with the dataset, what was
// expected and what was found otherwise.
ImageSet read_hdf5_images(const std::string& path);

// What it does in the child process and then again: a damaged file may hang or crash the library.
ImageSet decode_hdf5_images(const std::string& path);

}  // namespace ganflow
