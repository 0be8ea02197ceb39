#include "engine/cuda/target.h"

#include "engine/cuda/table.h"

namespace ganflow::cuda {
namespace {

bool is_product(const Primitive& primitive, std::span<const TensorType>, const Attributes&) {
  const PrimitiveText text = text_of(primitive);
  return text.product || text.convolution;
}

bool takes_epilogue(const Primitive& primitive, std::span<const TensorType>, const Attributes&) {
  return text_of(primitive).product;
}

}  // namespace

// 256: what cudaMalloc gives, and vector loads of every width.
kernels::Target target(const ConvolutionWorkspace& workspace) {
  kernels::Target target{.is_product = &is_product,
                         .takes_epilogue = &takes_epilogue,
                         .images = ImageOrder::channels_last,
                         .alignment = 256,
                         .guard_critical_path = true,
                         .side_by_side = true,
                         .row_blocks = 4};
  if (workspace)
    target.workspace = [workspace](const Primitive& primitive, Types inputs, const Attributes& a) {
      const PrimitiveText text = text_of(primitive);
      return text.convolution ? workspace(text.convolution(inputs, a)) : 0;
    };
  return target;
}

}  // namespace ganflow::cuda
