// A data set held in memory as bytes: what the readers of image files hand over.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/graph/host.h"

namespace ganflow {

enum class PixelRange : std::uint8_t {
  unit,       // [0, 1]:  byte / 255, dequantised (byte + u) / 256
  symmetric,  // [-1, 1]: byte / 127.5 - 1, dequantised (byte + u) / 128 - 1
};

// Outputs: the items (N, item...) with axes "N" + axes, and "label" (N), numbers 0 .. classes - 1,
// if there are labels. Every epoch visits the items in another order and drops the last partial
// batch (permutation.h).
//
// Dequantisation (MU-12, as in improved_wgan_training's gan_cifar_resnet.py): u uniform in [0, 1)
// makes of each grey level the interval up to the next one. u is 16 bits of Philox, a function of
// (seed, node, step, row, element), and every value is exact in float.
//
// open() throws Error(usage) if there is no item, if the bytes are no whole number of items, if
// axes does not name every axis of item, or if the labels are not one an item and below classes.
struct MemorySet {
  std::string name = {};                                               // for messages: "mnist"
  std::shared_ptr<const std::vector<std::uint8_t>> bytes = nullptr;    // items one after the other
  Shape item = {};                                                     // {784}, {1, 28, 28}
  std::string axes = {};                                               // "P", "CHW"
  std::shared_ptr<const std::vector<std::uint16_t>> labels = nullptr;  // one an item; absent: none
  Extent classes = 0;                                                  // K of the labels
  PixelRange range = PixelRange::unit;
  bool dequantise = false;
  bool with_replacement = false;  // independent draws instead of epochs
  bool in_order = false;          // item (step N + i) mod n in row i: a held-out set

  std::shared_ptr<const Source> open() const;
};

}  // namespace ganflow
