#include "ops/primitives/conv_sizes.h"

namespace ganflow {

ImageAxes image_axes(bool channels_last) {
  return channels_last ? ImageAxes{3, 1, 2} : ImageAxes{1, 2, 3};
}

Extent windows(Extent extent, Extent padding, Extent kernel, Extent stride) {
  return (extent + padding - kernel) / stride + 1;
}

ConvSizes conv_sizes(ConvKind kind, Types in, const Attributes& a) {
  const bool last = a.ints[7] & kImagesLast;
  const ImageAxes i = image_axes(last);
  const Shape &first = in[0].shape, &second = in[1].shape;
  ConvSizes z{};
  z.n = first[0];
  z.stride = a.ints[0], z.channels_last = last;
  z.kernels_last = a.ints[7] & kKernelsLast;
  z.top = a.ints[1], z.bottom = a.ints[2], z.left = a.ints[3], z.right = a.ints[4];
  if (kind == ConvKind::input) {
    z.o = first[i.c], z.p = first[i.h], z.q = first[i.w];
    z.h = a.ints[5], z.w = a.ints[6];
  } else {
    z.c = first[i.c], z.h = first[i.h], z.w = first[i.w];
  }
  if (kind == ConvKind::filter) {
    z.o = second[i.c], z.p = second[i.h], z.q = second[i.w];
    z.r = a.ints[5], z.s = a.ints[6];
    return z;
  }
  const ImageAxes k = image_axes(z.kernels_last);
  z.r = second[k.h], z.s = second[k.w];
  if (kind == ConvKind::input) {
    z.c = second[k.c];
  } else {
    z.o = second[0];
    z.p = windows(z.h, z.top + z.bottom, z.r, z.stride);
    z.q = windows(z.w, z.left + z.right, z.s, z.stride);
  }
  return z;
}

}  // namespace ganflow
