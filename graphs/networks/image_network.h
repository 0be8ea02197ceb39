// What the convolutional networks of the papers share: their options, and the parts that their
// lists of layers are made of. All work in channels first, (N,C,H,W); generators take z (N,d) and
// end in (N,C,H,W), critics end in one score (N,1), the logit. Multiply-adds are per sample.
#pragma once

#include <optional>
#include <vector>

#include "ops/layers/batch_norm.h"
#include "ops/layers/conv.h"
#include "ops/layers/layers.h"
#include "ops/layers/minibatch.h"
#include "ops/layers/weight.h"

namespace ganflow {

// Where a critic's minibatch discrimination stands: alone, or with dense layers of 4 width units in
// front, behind, or both (GU-13).
enum class Minibatch : std::uint8_t { none, alone, before, after, both };

// Options of all of them; what a network has no use for it leaves alone.
struct ImageNetwork {
  Extent width = 64;  // channels of the layer of largest resolution, >= 1; the others are multiples
  Extent kernel = 5;  // of convolutions in stacks: 3, 4, 5, 7 (GU-08)
  Extent channels = 3;                         // of an image
  Extent image_height = 32, image_width = 32;  // of networks for any size, see image_stages()
  std::vector<Layer> norm = {BatchNorm{}};     // behind each convolution; {}: none
  bool norm_after_activation = false;  // conv, activation, norm instead of conv, norm, activation
  bool conditional = false;            // takes a condition (N,K)
  bool label_planes = false;           // of a critic: as planes beside the image (GU-21)
  WeightTransform weight = {};         // SpectralNorm{} for every weight of a critic
  std::optional<LayerInit> init = {};  // of every weight; absent: glorot, he in residual blocks
  Minibatch minibatch = Minibatch::none;
  MinibatchDiscrimination discrimination = {};  // its layer
};

// How a network for any size halves its images, or doubles the first pixels of its generator: while
// the shorter side is 8 pixels at least, so that 4 to 7 pixels are left of it.
struct ImageStages {
  Extent height = 4, width = 4;  // of the coarsest pixels
  std::vector<Extent> factors;   // channels over o.width, the finest first: 1, 2, 4, 8, 8, ...
};
// Of images of 16 x 16 to 1024 x 1024 pixels, both of whose sides can be halved so often. Throws
// Error(usage) naming a size that can.
ImageStages image_stages(const ImageNetwork& o);

// A list of layers in the making. Fault::usage for a width, kernel or channels below 1.
class ImageStack {
 public:
  explicit ImageStack(const ImageNetwork& o);

  ImageStack& then(const std::vector<Layer>& more);
  // A layer with the norm and its activation, in the order asked for.
  ImageStack& block(const Layer& layer, const Layer& activation);
  ImageStack& conv(Extent channels, Extent stride, const Layer& activation);
  ImageStack& deconv(Extent channels);  // stride 2, relu
  // z, joined with the condition, to `height` x `width` pixels.
  ImageStack& project(Extent height, Extent width, Extent channels);
  // To the coarsest pixels of these stages.
  ImageStack& project(const ImageStages& stages);
  // The condition as planes beside an image, if there is one.
  ImageStack& planes();
  Conv make_conv(Extent channels, Extent stride) const;
  // The last layer of a generator: no norm.
  ImageStack& image(const Layer& activation);
  ImageStack& deconv_image(const Layer& activation);
  ImageStack& linear(Extent out);
  // What is left of the coarsest pixels to one score.
  ImageStack& score(const ImageStages& stages);
  Layers layers() { return Layers(std::move(list_)); }

 private:
  const ImageNetwork& o_;
  LayerInit init_;
  std::vector<Layer> list_;
};

}  // namespace ganflow
