// What the primitives on images (N,C,H,W), or (N,H,W,C) stored channels last, share.
#pragma once

#include <fmt/core.h>

#include <span>
#include <string_view>
#include <vector>

#include "engine/program/authoring.h"
#include "engine/program/leaves.h"

namespace ganflow {

// An image tensor: extents, and elements from neighbour to neighbour.
struct Image {
  Extent n, c, h, w;
  Extent nn, cc, hh, ww;
  Image(const Shape& shape, bool last)
      : n(shape[0]),
        c(shape[last ? 3 : 1]),
        h(shape[last ? 1 : 2]),
        w(shape[last ? 2 : 3]),
        nn(c * h * w),
        cc(last ? 1 : h * w),
        hh(last ? w * c : w),
        ww(last ? c : 1) {}
  static Shape shape(Extent n, Extent c, Extent h, Extent w, bool last) {
    return last ? Shape{n, h, w, c} : Shape{n, c, h, w};
  }
};

inline void require_image(std::string_view name, Types in, int i, DType dtype = DType::real) {
  require_dtype(name, in, i, dtype);
  if (in[i].shape.rank() != 4)
    shape_error(name, fmt::format("operand {} must have four axes", i), in);
}

// `value` everywhere, in the shape of the primitive's result.
inline ValueId filled(Builder& builder, const Primitive& primitive, std::span<const ValueId> in,
                      const Attributes& a, double value) {
  std::vector<TensorType> types;
  for (const ValueId id : in) types.push_back(builder.type(id));
  return full(builder, primitive.type(types, a).shape, value).id();
}

}  // namespace ganflow
