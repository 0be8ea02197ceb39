#include "engine/cuda/product_text.h"

#include "engine/cuda/elements_text.h"

namespace ganflow::cuda {
namespace {

constexpr Extent kTile = 32;
constexpr Extent kFullCard = 128;  // blocks that leave no multiprocessor without work

// Few tiles and a deep sum: the threads of a block share the depth.
int slices_of(const ProductSizes& p, Extent blocks) {
  if (blocks >= kFullCard) return 1;
  return p.k >= 256 ? 8 : p.k >= 128 ? 4 : p.k >= 64 ? 2 : 1;
}

}  // namespace

Body product_text(const ProductSizes& p, const Place& a, const Place& b, const Tape& tape,
                  const Place& output) {
  Body body;
  body.headers = {"engine/cuda/text/product.h"};
  const Extent blocks = (p.m + kTile - 1) / kTile * ((p.n + kTile - 1) / kTile);
  body.grid = static_cast<unsigned>(blocks);
  add_index_type(body, tape);
  const int left = body.pointer(a), right = body.pointer(b);
  body.add(
      "  product<{}, {}, {}, {}, {}, {}>(block, p.to<const float>({}), p.to<const float>({}),\n"
      "      [&](Index e, float root) {{\n",
      p.m, p.n, p.k, p.ta, p.tb, slices_of(p, blocks), left, right);
  if (tape.stages.empty()) {
    body.add("    p.to<float>({})[e] = root;\n", body.pointer(output));
  } else {
    add_registers(body, tape, tape.stages[0]);
    add_segments(body, tape, tape.stages[0], {});
  }
  body.add("  }});\n");
  return body;
}

}  // namespace ganflow::cuda
