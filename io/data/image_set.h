// Images in memory, as the readers of every image format hand them over: read once, kept as bytes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/tensor/shape.h"

namespace ganflow {

enum class Split { train, test };

// Limits of every reader, checked before anything is allocated.
constexpr std::uint64_t kMaxImageSetBytes = std::uint64_t{1} << 36;  // of one set
constexpr Extent kMaxClasses = 65536;

struct ImageSet {
  Extent count = 0, channels = 1, height = 0, width = 0;
  std::vector<std::uint8_t> bytes;    // (N, C, H, W)
  std::vector<std::uint16_t> labels;  // (N), each below classes; empty: the files have none
  Extent classes = 0;
  std::vector<std::string> class_names;  // (classes), or empty: the files name none
  std::string unlabelled;  // why the files have no labels: "its images lie in no sub-folders"
  std::vector<std::string> notes;  // what the user should know, a sentence each: "... are missing"

  Extent image_bytes() const { return channels * height * width; }
};

// "96 images of 32 x 32 pixels (height x width) with 3 channels, 12 classes: 0, 1, ... 11"; of more
// than 12 classes the first ten and the last.
std::string summary(const ImageSet& set);

// CRC32 (zlib's) of all pixels, then of the labels.
std::uint32_t checksum(const ImageSet& set);

}  // namespace ganflow
