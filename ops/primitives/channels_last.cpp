#include "ops/primitives/channels_last.h"

#include <vector>

#include "engine/program/authoring.h"
#include "engine/program/concat.h"
#include "engine/program/views.h"
#include "ops/primitives/broadcast.h"
#include "ops/primitives/images.h"
#include "ops/primitives/layout.h"
#include "ops/primitives/strided.h"

namespace ganflow {
namespace {

// One primitive rather than a reshape and a permutation, which the inverse permutation on its way
// to the users would undo at once.
struct FlatToChannelsLast : Primitive {
  std::string_view name() const override { return "flat_to_channels_last"; }
  TensorType type(Types in, const Attributes& a) const override {
    require_inputs(name(), in, 1);
    if (in[0].shape.rank() != 2 || in[0].shape[1] != a.ints[0] * a.ints[1] * a.ints[2])
      shape_error(name(),
                  fmt::format("rows of {} x {} x {} are expected", a.ints[0], a.ints[1], a.ints[2]),
                  in);
    return {{in[0].shape[0], a.ints[1], a.ints[2], a.ints[0]}, in[0].dtype};
  }
  Traits traits(Types, const Attributes&) const override {
    return {.role = Role::move, .multilinear = true, .row_operands = 1};
  }
  std::optional<Reading> reading(const Reading& x, Types in, const Attributes& a) const override {
    const auto image = reshaped(in[0].shape, x, {in[0].shape[0], a.ints[0], a.ints[1], a.ints[2]});
    if (!image) return std::nullopt;
    const auto& s = image->steps;
    return Reading{image->offset, {s[0], s[2], s[3], s[1]}};
  }
  Value vjp(const NodeRef& node, int, Value c) const override {
    return reshape(from_channels_last(c), node.input(0).shape());
  }
  std::optional<ValueId> simplify(Builder& builder, std::span<const ValueId> in,
                                  const Attributes& a) const override {
    if (const auto c = constant_of(builder, in[0])) return filled(builder, *this, in, a, *c);
    return std::nullopt;
  }
  struct Kernel {
    template <class T>
    static void run(const KernelCall& call) {
      const auto [c, h, w] =
          std::tuple(call.node->shape()[3], call.node->shape()[1], call.node->shape()[2]);
      copy_strided<T>(call, {c * h * w, w, 1, h * w});
    }
  };
  KernelPair reference() const override { return kernel_pair<Kernel>(); }
};

}  // namespace

const Primitive& flat_to_channels_last_primitive() {
  static const FlatToChannelsLast primitive;
  return primitive;
}
Value flat_to_channels_last(Value x, Extent channels, Extent height, Extent width) {
  return apply(flat_to_channels_last_primitive(), {x}, {.ints = {channels, height, width}});
}

Value to_channels_last(Value x) { return permute(x, {0, 2, 3, 1}); }
Value from_channels_last(Value x) { return permute(x, {0, 3, 1, 2}); }

std::optional<ValueId> spread_to_channels_last(Builder& builder, ValueId id, const Shape& to) {
  const Node x = builder.node(id);
  const Shape image{to[0], to[2], to[3], to[1]};
  if (const auto c = constant_of(builder, id)) return full(builder, image, *c).id();
  if (x.primitive == &broadcast_primitive()) {
    const Value base(builder, x.inputs[0]);
    if (x.attributes.ints[0] == 2) return broadcast_axes(base, 0b1110, image).id();
    if (x.attributes.ints[0] != 1) return std::nullopt;
    const Value row = permute(reshape(base, {to[1], to[2], to[3]}), {1, 2, 0});
    return broadcast_axes(row, 1, image).id();
  }
  if (traits_of(builder.program(), x).role != Role::elementwise) return std::nullopt;
  std::vector<ValueId> operands;
  for (const ValueId input : x.inputs) {
    const auto operand = spread_to_channels_last(builder, input, to);
    if (!operand) return std::nullopt;
    operands.push_back(*operand);
  }
  return builder(*x.primitive, operands, x.attributes);
}

std::vector<Value> window_parts(Value x, Extent factor) {
  const Extent n = x.rows(), h = x.shape()[1] / factor, w = x.shape()[2] / factor;
  const Extent channels = x.shape()[3];
  x = slice(slice(x, 1, 0, h * factor), 2, 0, w * factor);
  const Value windows = reshape(x, {n, h, factor, w, factor, channels});
  std::vector<Value> parts;
  for (Extent i = 0; i < factor; ++i)
    for (Extent j = 0; j < factor; ++j) {
      const Value part = slice(slice(windows, 2, i, i + 1), 4, j, j + 1);
      parts.push_back(reshape(part, {n, h, w, channels}));
    }
  return parts;
}

std::optional<ValueId> channels_last_of(const Builder& builder, ValueId id) {
  const Node& node = builder.node(id);
  if (node.primitive != &permute_primitive() || node.shape().rank() != 4) return std::nullopt;
  const auto& order = node.attributes.ints;
  if (order[0] != 0 || order[1] != 3 || order[2] != 1 || order[3] != 2) return std::nullopt;
  return node.inputs[0];
}

std::optional<ValueId> in_channels_last(Builder& builder, const Primitive& f,
                                        std::span<const ValueId> inputs, const Attributes& a) {
  bool any = false;
  for (const ValueId id : inputs) any = any || channels_last_of(builder, id);
  if (!any || a.ints[7]) return std::nullopt;
  std::vector<ValueId> operands;
  for (const ValueId id : inputs) operands.push_back(to_channels_last(Value(builder, id)).id());
  Attributes last = a;
  last.ints[7] = 1;
  return from_channels_last(Value(builder, builder(f, operands, last))).id();
}

}  // namespace ganflow
