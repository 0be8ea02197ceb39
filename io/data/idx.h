// IDX files (the format of MNIST): a magic number 0x0000 08 <axes>, the big-endian extents, then
// unsigned bytes. Plain or gzip.
//
// Limits: 4 GiB of elements a file, at least one element. Sizes are checked against the length of
// the file before anything is allocated. Errors are one sentence with the file, the offset, what
// was expected and what was found: Error(usage) for a file that is not there, Error(input) for a
// wrong magic number, truncation, bytes after the end, damaged gzip data or sizes beyond the limit.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "io/data/image_set.h"

namespace ganflow {

constexpr std::uint64_t kMaxIdxBytes = std::uint64_t{1} << 32;

struct IdxData {
  Shape shape;                      // (N, H, W) or (N)
  std::vector<std::uint8_t> bytes;  // row-major
};

IdxData read_idx_images(const std::string& path);  // (N, H, W)
IdxData read_idx_labels(const std::string& path);  // (N)

// Images and their labels, in two files.
struct IdxSet {
  std::string images, labels;  // paths
};

// Finds PREFIX-images-idx3-ubyte and PREFIX-labels-idx1-ubyte, also with a dot before idx, each
// also with .gz. Throws Error(usage) listing what was looked for.
IdxSet find_idx(const std::string& directory, const std::string& prefix);
// The files of MNIST's names: the prefix is train or t10k.
IdxSet find_idx(const std::string& directory, Split split = Split::train);

// Both files: (N, 1, H, W) with labels less `first`, from 0 to classes - 1. Throws Error(input)
// also for a label beyond and for another number of labels than of images.
ImageSet read_idx_set(const IdxSet& files, Extent classes, Extent first = 0);
// MNIST's files of a directory, labels 0..9.
ImageSet read_idx_set(const std::string& directory, Split split = Split::train);

}  // namespace ganflow
