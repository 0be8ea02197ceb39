// What CUDA has for the primitives of operators: our own product, the library's convolutions, and
// kernels of a thread an element.
#include "engine/cuda/table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <limits>

#include "engine/cuda/body.h"
#include "ops/primitives/axes.h"
#include "ops/primitives/batches.h"
#include "ops/primitives/conv.h"
#include "ops/primitives/conv_sizes.h"
#include "ops/primitives/gather.h"
#include "ops/primitives/images.h"
#include "ops/primitives/layout.h"
#include "ops/primitives/matmul.h"
#include "ops/primitives/pool.h"
#include "ops/primitives/random.h"
#include "ops/primitives/reduce.h"

namespace ganflow::cuda {
namespace {

constexpr const char* kIndexed = "ops/primitives/formulas/indexed.h";

ProductSizes matmul_sizes(Types in, const Attributes& a) {
  const bool ta = a.ints[0], tb = a.ints[1];
  const Shape &left = in[0].shape, &right = in[1].shape;
  return {left[ta ? 1 : 0], right[tb ? 0 : 1], left[ta ? 0 : 1], ta, tb};
}

template <ConvKind kKind>
Convolution convolution(Types in, const Attributes& a) {
  using Kind = Convolution::Kind;
  const ConvSizes z = conv_sizes(kKind, in, a);
  return {.kind = kKind == ConvKind::forward ? Kind::forward
                  : kKind == ConvKind::input ? Kind::input
                                             : Kind::filter,
          .n = z.n,
          .c = z.c,
          .h = z.h,
          .w = z.w,
          .o = z.o,
          .r = z.r,
          .s = z.s,
          .p = z.p,
          .q = z.q,
          .stride = z.stride,
          .top = z.top,
          .bottom = z.bottom,
          .left = z.left,
          .right = z.right,
          .images_last = z.channels_last,
          .kernels_last = z.kernels_last};
}

template <ConvKind kKind>
std::optional<ValueId> kernels_last(Builder& builder, const Primitive& primitive,
                                    std::span<const ValueId> in, const Attributes& a) {
  if (a.ints[7] & kKernelsLast) return std::nullopt;
  Attributes last = a;
  last.ints[7] |= kKernelsLast;
  const Value first(builder, in[0]), second(builder, in[1]);
  if (kKind == ConvKind::filter)
    return permute(apply(primitive, {first, second}, last), {0, 3, 1, 2}).id();
  return apply(primitive, {first, permute(second, {0, 2, 3, 1})}, last).id();
}

// seed, stream, step of what draws; ints[0] = kind + 256 stream.
std::string drawn_by(const Node& node) {
  const DrawTime time = draw_time(node.attributes);
  return fmt::format("clocks[{0}].seed, {1}u, clocks[{0}].step + {2}", time.clock,
                     static_cast<std::uint32_t>(node.attributes.ints[0] >> 8), time.offset);
}
std::int64_t kind_of(const Node& node) { return node.attributes.ints[0] & 0xff; }

ElementText random_text(const Node& node, Types) {
  return {"ops/primitives/formulas/random.h",
          fmt::format("ganflow::formulas::random<{}>(e, {})", kind_of(node), drawn_by(node))};
}

// Operand i, whose tensor is a table's raw bytes.
std::string raw(const char* type, int i) {
  return fmt::format("reinterpret_cast<const {}*>(in{})", type, i);
}
ElementText set_items_text(const Node& node, Types) {
  return {"ops/primitives/formulas/set_items.h",
          fmt::format("static_cast<int>(ganflow::formulas::set_item(*{}, {}, {}, e))",
                      raw("ganflow::formulas::SetOrder", 0), drawn_by(node), node.shape().rows())};
}
ElementText set_images_text(const Node& node, Types) {
  return {"ops/primitives/formulas/set_images.h",
          fmt::format("ganflow::formulas::set_image<ganflow::formulas::Levels({})>(e, in0, {}, "
                      "in2, {}, {})",
                      kind_of(node), raw("unsigned char", 1), node.shape().row_elements(),
                      kind_of(node) ? drawn_by(node) : "0, 0, 0")};
}
ElementText sphere_places_text(const Node& node, Types) {
  return {"ops/primitives/formulas/sphere_images.h",
          fmt::format("ganflow::formulas::sphere_place(e, *{}, in1, {}, {}, {})",
                      raw("ganflow::formulas::SphereBatches", 0), raw("std::uint64_t", 2),
                      drawn_by(node), node.shape().rows())};
}
ElementText sphere_images_text(const Node& node, Types in) {
  const auto& ints = node.attributes.ints;
  return {"ops/primitives/formulas/sphere_images.h",
          fmt::format("ganflow::formulas::sphere_pixel(e, in0, in1, {}, {}, {}, {})", ints[5],
                      in[0].shape[1], ints[6], ints[7])};
}
ElementText mixture_points_text(const Node& node, Types) {
  const Extent axes = node.shape()[1];
  return {"ops/primitives/formulas/points.h",
          fmt::format("static_cast<float>(ganflow::formulas::mixture_point(e / {0}, {1}, {2}, {0}, "
                      "{3}).x[e % {0}])",
                      axes, raw("double", 0), node.attributes.ints[5], drawn_by(node))};
}
ElementText swiss_roll_points_text(const Node& node, Types) {
  return {"ops/primitives/formulas/points.h",
          fmt::format("static_cast<float>(ganflow::formulas::swiss_roll_point(e / 2, *{}, {}).x[e "
                      "% 2])",
                      raw("double", 0), drawn_by(node))};
}

ElementText gather_text(const Node& node, Types in) {
  const std::string none = node.type.dtype == DType::real
                               ? "float(" + literal(std::numeric_limits<double>::quiet_NaN()) + ")"
                               : "0";
  return {kIndexed, fmt::format("ganflow::formulas::gather<{}>(e, in0, in1, {}, {}, {})",
                                node.type.dtype == DType::real   ? "float"
                                : node.type.dtype == DType::mask ? "unsigned char"
                                                                 : "int",
                                node.shape().row_elements(), in[0].shape.rows(), none)};
}
ElementText scatter_add_text(const Node& node, Types in) {
  return {kIndexed, fmt::format("ganflow::formulas::scatter_add(e, in0, in1, {}, {})",
                                node.shape().row_elements(), in[1].shape[0])};
}

std::string image_text(const Shape& shape, bool last) {
  const Image x(shape, last);
  return fmt::format("ganflow::formulas::ImageText{{{}, {}, {}, {}}}", x.c, x.h, x.w, last);
}
// name(e, in0, .., operand's image, result's image, the first `ints` attributes)
template <int kOperands, int kInts>
std::string on_images(const char* name, const Node& node, Types in) {
  const auto& ints = node.attributes.ints;
  std::string text =
      fmt::format("ganflow::formulas::{}(e, in0{}, {}, {}", name, kOperands == 2 ? ", in1" : "",
                  image_text(in[0].shape, ints[7]), image_text(node.shape(), ints[7]));
  for (std::size_t i = 0; i < kInts; ++i) text += fmt::format(", {}", ints[i]);
  return text + ")";
}
ElementText pool_index_text(const Node& node, Types in) {
  return {kIndexed, on_images<1, 2>("pool_index", node, in)};
}
ElementText pool_take_text(const Node& node, Types in) {
  return {kIndexed, on_images<2, 0>("pool_take", node, in)};
}
ElementText pool_put_text(const Node& node, Types in) {
  return {kIndexed, on_images<2, 2>("pool_put", node, in)};
}
ElementText upsample_text(const Node& node, Types in) {
  return {kIndexed, on_images<1, 1>("upsample", node, in)};
}
ElementText pool_sum_text(const Node& node, Types in) {
  return {kIndexed, on_images<1, 1>("pool_sum", node, in)};
}

// {extents}, {steps} of the axes in or outside `mask`.
std::string axes_text(const Shape& shape, std::int64_t mask, bool in) {
  const Shape axes = axes_of(shape, mask, in);
  if (axes.rank() == 0) return "{1}, {0}";
  const Strides steps = strides_of(shape, mask, in);
  return fmt::format("{{{}}}, {{{}}}", fmt::join(axes.begin(), axes.end(), ", "),
                     fmt::join(steps.begin(), steps.begin() + axes.rank(), ", "));
}

// Sums that no tape holds: over axes in the middle.
ElementText sum_text(const Node& node, Types in) {
  const Shape& from = in[0].shape;
  const std::int64_t mask = node.attributes.ints[0];
  const Shape kept = axes_of(from, mask, false), summed = axes_of(from, mask, true);
  return {kIndexed,
          fmt::format("ganflow::formulas::strided_sum<{}>(in0, ganflow::formulas::strided<{}>(e, "
                      "{}), {}, {})",
                      std::max(1, summed.rank()), std::max(1, kept.rank()),
                      axes_text(from, mask, false), elements_of(from, mask),
                      axes_text(from, mask, true))};
}

}  // namespace

Value permuted(Value x, std::span<const int> axes) { return permute(x, axes); }

TableOfTexts operator_texts() {
  return {
      {&matmul_primitive(), {.product = &matmul_sizes}},
      {&conv2d_primitive(),
       {.convolution = &convolution<ConvKind::forward>,
        .arranged = &kernels_last<ConvKind::forward>}},
      {&conv2d_input_primitive(),
       {.convolution = &convolution<ConvKind::input>, .arranged = &kernels_last<ConvKind::input>}},
      {&conv2d_filter_primitive(),
       {.convolution = &convolution<ConvKind::filter>,
        .arranged = &kernels_last<ConvKind::filter>}},
      {&random_primitive(), {.element = &random_text}},
      {&set_items_primitive(), {.element = &set_items_text}},
      {&set_images_primitive(), {.element = &set_images_text}},
      {&sphere_places_primitive(), {.element = &sphere_places_text}},
      {&sphere_images_primitive(), {.element = &sphere_images_text}},
      {&mixture_points_primitive(), {.element = &mixture_points_text}},
      {&swiss_roll_points_primitive(), {.element = &swiss_roll_points_text}},
      {&gather_primitive(), {.element = &gather_text}},
      {&scatter_add_primitive(), {.element = &scatter_add_text}},
      {&pool_index_primitive(), {.element = &pool_index_text}},
      {&pool_take_primitive(), {.element = &pool_take_text}},
      {&pool_put_primitive(), {.element = &pool_put_text}},
      {&upsample_primitive(), {.element = &upsample_text}},
      {&pool_sum_primitive(), {.element = &pool_sum_text}},
      {&sum_primitive(), {.element = &sum_text}}};
}

}  // namespace ganflow::cuda
