#include "ops/primitives/bilinear.h"

#include "engine/program/affine.h"
#include "ops/primitives/arithmetic.h"

namespace ganflow {

std::optional<ValueId> sum_of_bilinear(Builder& builder, const Primitive& f, const Primitive& user,
                                       std::span<const ValueId> in) {
  if (&user != &add_primitive() && &user != &sub_primitive()) return std::nullopt;
  const Node x = builder.node(in[0]), y = builder.node(in[1]);
  if (x.primitive != &f || y.primitive != &f || !(x.attributes == y.attributes))
    return std::nullopt;
  for (int i = 0; i < 2; ++i) {
    if (x.inputs[i] != y.inputs[i]) continue;
    if (!(builder.type(x.inputs[1 - i]) == builder.type(y.inputs[1 - i]))) continue;
    const ValueId both = builder(user, {x.inputs[1 - i], y.inputs[1 - i]});
    return i == 0 ? builder(f, {x.inputs[0], both}, x.attributes)
                  : builder(f, {both, x.inputs[1]}, x.attributes);
  }
  return std::nullopt;
}

}  // namespace ganflow
