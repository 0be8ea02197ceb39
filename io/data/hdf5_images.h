// A packed set of images in one HDF5 file, made by h5py, MATLAB or ganflow itself (io/README.md
// says how):
//
//   /images  uint8, or floating point numbers from 0 to 1 or from -1 to 1 (kept as 256 levels);
//            (N, H, W, C), (N, C, H, W) or (N, H, W), C 1 or 3; the attribute `axes` ("NHWC",
//            "NCHW", "NHW") says which, and may be left out if only one of them fits
//   /labels  optional: integers, (N) or (N, 1), attribute `classes`: K, otherwise the greatest
//            label + 1; or (N, K) with one 1 a row, the others 0
//
// A virtual dataset's sources are files in the same folder or below it.
//
// Chunks and filters as one likes. The file is read whole, twice: first in a child process with a
// time limit, since a damaged file can hang or crash the HDF5 library; close to no other HDF5 file
// may be open for writing then, so read it before a run directory is made.
#pragma once

#include <string>

#include "io/data/image_set.h"

namespace ganflow {

// Names of the datasets. Empty: /images and /labels, or those in the group of the split; without
// a split also in the group train.
struct PackedNames {
  std::string images = {}, labels = {}, split = {};
};

// Throws Error(usage) for a file that is not there, Error(input) with the dataset, what was
// expected and what was found otherwise.
ImageSet read_hdf5_images(const std::string& path, const PackedNames& names = {});

// What it does in the child process and then again: a damaged file may hang or crash the library.
ImageSet decode_hdf5_images(const std::string& path, const PackedNames& names = {});

}  // namespace ganflow
