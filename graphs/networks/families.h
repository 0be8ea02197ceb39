// The convolutional networks by name: what --set network takes.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "graphs/networks/image_network.h"
#include "graphs/parts/dataset.h"

namespace ganflow {

struct ImageFamily {
  std::string name = {};
  Extent side = 32;       // pixels of its images
  bool any_size = false;  // side is only what folders are resized to; sizes of image_stages()
  Extent channels = 0;    // of its images; 0: any
  PixelRange range = PixelRange::symmetric;
  bool dense =
      false;  // its critic may join features: minibatch discrimination, label planes or not
  Layers (*generator)(const ImageNetwork&) = nullptr;
  Layers (*critic)(const ImageNetwork&) = nullptr;

  DataForm form(bool dequantise = false) const;
};

// pooling, dcgan (guide), mu, resnet: any size, at 32 px those of the papers; notebook (guide,
// 32 px), mnist (28 px), dcgan64 (64 px), mlp (any size, LE-14).
std::vector<std::pair<std::string, ImageFamily>> image_families();

// The generator of one and the critic of the other. Throws Error(usage) where they are made for
// pixels of different ranges or for images of different sizes.
ImageFamily joined(const ImageFamily& generator, const ImageFamily& critic);

}  // namespace ganflow
