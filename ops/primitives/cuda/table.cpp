// What CUDA has for the primitives of operators: our own product, the library's convolutions, and
// kernels of a thread an element.
#include "engine/cuda/table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <limits>

#include "engine/cuda/body.h"
#include "ops/primitives/axes.h"
#include "ops/primitives/conv.h"
#include "ops/primitives/gather.h"
#include "ops/primitives/images.h"
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

ElementText random_text(const Node& node, Types) {
  const std::int64_t code = node.attributes.ints[0];
  const DrawTime time = draw_time(node.attributes);
  return {
      "ops/primitives/formulas/random.h",
      fmt::format("ganflow::formulas::random<{0}>(e, clocks[{1}].seed, {2}u, clocks[{1}].step + "
                  "{3})",
                  code & 0xff, time.clock, static_cast<std::uint32_t>(code >> 8), time.offset)};
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

TableOfTexts operator_texts() {
  return {{&matmul_primitive(), {.product = &matmul_sizes}},
          {&conv2d_primitive(), {.by_library = true}},
          {&conv2d_input_primitive(), {.by_library = true}},
          {&conv2d_filter_primitive(), {.by_library = true}},
          {&random_primitive(), {.element = &random_text}},
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
