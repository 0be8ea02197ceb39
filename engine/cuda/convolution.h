// A convolution as a library is asked for it: plain data that names no operator.
#pragma once

#include <compare>
#include <string>

#include "engine/tensor/shape.h"

namespace ganflow::cuda {

// One of the three sums of x (N,C,H,W), k (O,C,R,S), y (N,O,P,Q):
//   forward  y[n,o,p,q] = sum over c,r,s of x[n,c,h,w] k[o,c,r,s]
//   input    x[n,c,h,w] = sum over o,r,s of y[n,o,p,q] k[o,c,r,s]
//   filter   k[o,c,r,s] = sum over n,p,q of x[n,c,h,w] y[n,o,p,q]
//   where h = stride p + r - top, w = stride q + s - left
// float32, dense.
struct Convolution {
  enum class Kind { forward, input, filter } kind = Kind::forward;
  Extent n = 0, c = 0, h = 0, w = 0;  // x
  Extent o = 0, r = 0, s = 0;         // k
  Extent p = 0, q = 0;                // y
  Extent stride = 1;
  Extent top = 0, bottom = 0, left = 0, right = 0;  // rows and columns of zeros around x
  bool images_last = false;                         // channels of x and y: (N,H,W,C), (N,P,Q,O)
  bool kernels_last = false;                        // of k: (O,R,S,C)

  auto operator<=>(const Convolution&) const = default;
};

// "conv2d_input of 64 images 3 x 32 x 32 by 128 kernels 5 x 5", as messages and tables say it.
std::string describe(const Convolution& convolution);

}  // namespace ganflow::cuda
