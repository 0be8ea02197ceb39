// Convolution of images with a bank of kernels, its input gradient and its filter gradient.
//
//   conv2d         y[n,o,p,q] = sum over c,r,s of x[n,c,h,w] k[o,c,r,s]
//   conv2d_input   x[n,c,h,w] = sum over o,r,s of y[n,o,p,q] k[o,c,r,s]
//   conv2d_filter  k[o,c,r,s] = sum over n,p,q of x[n,c,h,w] y[n,o,p,q]
//   where h = stride p + r - top, w = stride q + s - left
//   x (N,C,H,W), k (O,C,R,S), y (N,O,P,Q); P = (H + top + bottom - R) / stride + 1, rounded down
//
// Pixels outside the image are zeros. The three are one trilinear form, each the derivative of the
// others. They are no flipped-kernel convolutions: as in every deep-learning library, correlations.
#pragma once

#include "engine/program/value.h"

namespace ganflow {

// How the kernel goes over the image: `stride` pixels at a time, over rows and columns of zeros
// added around it. All >= 0, stride >= 1; padding may differ between the sides.
struct Window {
  Extent stride = 1;
  Extent top = 0, bottom = 0, left = 0, right = 0;
};

// Equal padding on all sides.
Window padded(Extent padding, Extent stride = 1);

// Padding by which P = H / stride rounded up, for any kernel, even ones too: the odd row or column
// of zeros goes behind the image (TensorFlow's "same").
Window same_window(Extent height, Extent width, Extent kernel_height, Extent kernel_width,
                   Extent stride = 1);

Value conv2d(Value x, Value kernels, const Window& window = {});
// height, width: of the result; as many as conv2d takes to y's size.
Value conv2d_input(Value y, Value kernels, Extent height, Extent width, const Window& window = {});
// rows, columns: of the kernels.
Value conv2d_filter(Value x, Value y, Extent rows, Extent columns, const Window& window = {});

// Transposed ("de-") convolution of a generator: conv2d_input to the largest image that conv2d
// takes to y's size, (P - 1) stride + R - top - bottom + extra rows. 0 <= extra < stride.
Value conv2d_transpose(Value y, Value kernels, const Window& window = {}, Extent extra = 0);

// ints = (stride, top, bottom, left, right, ., ., last). conv2d_input: ints[5..6] = H, W;
// conv2d_filter: ints[5..6] = R, S. last: 1 if images are (N,H,W,C), plus 2 if kernels are
// (O,R,S,C); what some devices work on. Formulas never say it, programs are compiled to it.
const Primitive& conv2d_primitive();
const Primitive& conv2d_input_primitive();
const Primitive& conv2d_filter_primitive();

}  // namespace ganflow
