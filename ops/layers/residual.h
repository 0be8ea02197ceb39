// Residual layers: y = shortcut(x) + main(x).
//
// ResidualBlock is that of the ResNet in improved_wgan_training (MU-12, R-06). C = channels:
//
//           main                                        shortcut
//   none    [norm] relu conv C, [norm] relu conv C            x, or conv 1x1 if C changes
//   up      [norm] relu upsample conv C, [norm] relu conv C   upsample, conv 1x1
//   down    [norm] relu conv, [norm] relu conv C, mean pool   conv 1x1, mean pool
//   first   conv C, relu conv C, mean pool                    mean pool, conv 1x1
#pragma once

#include "ops/layers/layers.h"
#include "ops/layers/weight.h"

namespace ganflow {

// main and shortcut must lead to equal shapes; the Variables of the shortcut
// are below "shortcut/".
class Residual {
 public:
  static constexpr const char* kKind = "block";
  explicit Residual(std::vector<Layer> main, std::vector<Layer> shortcut = {});
  bool conditional() const;
  Value operator()(Formula& f, Value x, Value condition = {}) const;

 private:
  Layers main_, shortcut_;
};

enum class Resample : std::uint8_t { none, up, down, first };

struct ResidualBlock {
  static constexpr const char* kKind = "block";
  Extent channels = 128;  // C
  Resample resample = Resample::none;
  Extent kernel = 3;
  std::vector<Layer> norm = {};  // {BatchNorm{}}, {LayerNorm{}}; empty: none
  LayerInit init = init::he();
  LayerInit shortcut_init = init::glorot();
  WeightTransform weight = {};  // of every convolution

  Value operator()(Formula& f, Value x) const;
};

}  // namespace ganflow
