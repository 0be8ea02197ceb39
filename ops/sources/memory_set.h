// A data set held in memory as bytes: what the readers of image files hand over.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/flow/host.h"

namespace ganflow {

enum class PixelRange : std::uint8_t {
  unit,       // byte / 255, in [0, 1]
  symmetric,  // byte / 127.5 - 1, in [-1, 1]
};

// Output (N, item...) with axes "N" + axes. Every epoch visits the items in another order and drops
// the last partial batch (permutation.h). open() throws Error(usage) if there is no item, if
// the bytes are no whole number of items, or if axes does not name every axis of item.
struct MemorySet {
  std::string name = {};                                             // for messages: "mnist"
  std::shared_ptr<const std::vector<std::uint8_t>> bytes = nullptr;  // items one after the other
  Shape item = {};                                                   // {784}, {1, 28, 28}
  std::string axes = {};                                             // "P", "CHW"
  PixelRange range = PixelRange::unit;
  bool with_replacement = false;  // independent draws instead of epochs

  std::shared_ptr<const Source> open() const;
};

}  // namespace ganflow
