#include "ops/primitives/cpu/conv.h"

#include "ops/primitives/cpu/conv_images.h"

namespace ganflow {
namespace {

template <class T>
std::unique_ptr<const cpu::TiledProduct> make(ConvKind kind, const ConvSizes& z) {
  if (kind == ConvKind::filter) return filter_conv<T>(z);
  // Panels are filled by the channels of the result or by the columns: what leaves fewer lanes.
  const Extent channels = up(z.c, kLanes<T>) * kLanes<T>, all = z.r * z.s * z.c;
  if (kind == ConvKind::input && 5 * channels * z.r * z.s > 6 * up(all, kLanes<T>) * kLanes<T>)
    return columns_conv<T>(z);
  return rows_conv<T>(kind, z);
}

}  // namespace

std::unique_ptr<const cpu::TiledProduct> tiled_conv(ConvKind kind, const ConvSizes& sizes,
                                                    Precision precision) {
  return precision == Precision::float64 ? make<double>(kind, sizes) : make<float>(kind, sizes);
}

}  // namespace ganflow
