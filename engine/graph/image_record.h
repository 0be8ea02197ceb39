// What a run keeps of a set of stored images: enough to compose its graph again without the files.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/tensor/shape.h"

namespace ganflow {

struct ImageRecord {
  Extent count = 0, channels = 1, height = 0, width = 0;
  Extent classes = 0;                    // of the labels; 0: the images have none
  std::vector<std::string> class_names;  // by label; empty: the set names none
  std::string unlabelled;                // why there are no labels
  std::uint32_t crc32 = 0;               // of all pixels, then all labels; 0: not known
};

}  // namespace ganflow
