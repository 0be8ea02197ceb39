#include "ops/primitives/cpu/conv_tiles.h"

#include <utility>

namespace ganflow {
namespace {

template <class T, int kBytes, int... kRows>
ConvTiles<T> tiles_of(std::integer_sequence<int, kRows...>) {
  ConvTiles<T> tiles;
  tiles.rows = sizeof...(kRows);
  ((tiles.by_rows[kRows + 1] = cpu::isa_of<kBytes, RowsTile<T, kBytes, kRows + 1>>()), ...);
  ((tiles.by_depth[kRows + 1] = cpu::isa_of<kBytes, DepthTile<T, kBytes, kRows + 1>>()), ...);
  ((tiles.gather[kRows + 1] = &GatherRows<T, kRows + 1>::run), ...);
  return tiles;
}

// As many sums as the vector registers hold beside a row of the panel and a factor: 16 registers
// of 16 or 32 bytes, 32 of 64 bytes.
template <class T>
ConvTiles<T> choose() {
  switch (cpu::widest_vectors()) {
    case 64:
      return tiles_of<T, 64>(std::make_integer_sequence<int, 12>());
    case 32:
      return tiles_of<T, 32>(std::make_integer_sequence<int, 6>());
    default:
      return tiles_of<T, 16>(std::make_integer_sequence<int, 3>());
  }
}

}  // namespace

template <class T>
const ConvTiles<T>& conv_tiles() {
  static const ConvTiles<T> tiles = choose<T>();
  return tiles;
}
template const ConvTiles<float>& conv_tiles();
template const ConvTiles<double>& conv_tiles();

}  // namespace ganflow
