// Convolution layers of images.
//
//   Conv     y = conv2d(x, w) + b
//            "same": size H -> H / stride, rounded up; of even kernels too, the odd row of zeros
//            goes behind the image. "valid": H -> (H - R) / stride + 1
//   Deconv   y = its transpose + b, size H -> stride H
//
//   x (N,C,H,W) -> y (N,O,P,Q); w (O,C,R,R), of a Deconv (C,O,R,R); b (O)
#pragma once

#include "ops/layers/weight.h"

namespace ganflow {

enum class Padding : std::uint8_t { same, valid };

struct Conv {
  static constexpr const char* kKind = "conv";
  Extent channels = 1;  // O >= 1
  Extent kernel = 3;    // R >= 1
  Extent stride = 1;    // >= 1
  Padding padding = Padding::same;
  bool bias = true;
  LayerInit init = init::glorot();
  WeightTransform weight = {};  // SpectralNorm{}

  Value operator()(Formula& f, Value x) const;
};

struct Deconv {
  static constexpr const char* kKind = "deconv";
  Extent channels = 1;  // O >= 1
  Extent kernel = 5;    // R >= stride
  Extent stride = 2;    // >= 1
  bool bias = true;
  LayerInit init = init::glorot();
  WeightTransform weight = {};

  Value operator()(Formula& f, Value x) const;
};

// Pooling and nearest upsampling by squares, and the mean over all pixels,
// (N,C,H,W) -> (N,C).
struct MaxPool {
  Extent size = 2;
  Value operator()(Value x) const;
};
struct AveragePool {
  Extent size = 2;  // divides H and W
  Value operator()(Value x) const;
};
struct Upsample {
  Extent factor = 2;
  Value operator()(Value x) const;
};
Value mean_pixels(Value x);

// The upper left `side` x `side` pixels.
struct Crop {
  Extent side = 1;
  Value operator()(Formula& f, Value x) const;
};

}  // namespace ganflow
