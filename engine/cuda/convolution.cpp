#include "engine/cuda/convolution.h"

#include <fmt/format.h>

namespace ganflow::cuda {

std::string describe(const Convolution& z) {
  using Kind = Convolution::Kind;
  return fmt::format("conv2d{} of {} images {} x {} x {} by {} kernels {} x {}{}",
                     z.kind == Kind::forward ? ""
                     : z.kind == Kind::input ? "_input"
                                             : "_filter",
                     z.n, z.c, z.h, z.w, z.o, z.r, z.s,
                     z.stride > 1 ? fmt::format(", stride {}", z.stride) : "");
}

}  // namespace ganflow::cuda
