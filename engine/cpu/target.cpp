#include "engine/cpu/target.h"

#include "engine/cpu/table.h"
#include "engine/tensor/memory.h"

namespace ganflow::cpu {
namespace {

bool is_product(const Primitive& primitive, Types inputs, const Attributes& a) {
  const PrimitiveKernels kernels = kernels_of(primitive);
  return kernels.product && (!kernels.takes || kernels.takes(inputs, a));
}

}  // namespace

kernels::Target target() {
  return {.is_product = &is_product,
          .takes_epilogue = &is_product,
          .images = ImageOrder::channels_last,
          .alignment = kAlignment,
          .guard_critical_path = true};
}

}  // namespace ganflow::cpu
