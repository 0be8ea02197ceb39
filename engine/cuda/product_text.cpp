#include "engine/cuda/product_text.h"

#include "engine/cuda/elements_text.h"

namespace ganflow::cuda {
namespace {

constexpr Extent kTile = 32;
constexpr Extent kFullCard = 128;  // blocks that leave no multiprocessor without work

// Few tiles and a deep sum: the threads of a block share the depth.
int slices_of(const ProductSizes& p, Extent blocks) {
  if (blocks >= kFullCard) return 1;
  return p.k >= 128 ? 4 : p.k >= 64 ? 2 : 1;
}

// The address of row i of `columns` numbers.
std::string rows_text(Body& body, const std::vector<OperandRows>& blocks, Extent columns) {
  std::string text;
  Extent end = 0;
  for (const OperandRows& block : blocks) {
    const Extent first = end;
    end += block.rows;
    if (&block != &blocks.back()) text += fmt::format("i < {} ? ", end);
    text += fmt::format("p.to<const float>({}) + (i - {}) * {}ll", body.pointer(block.place), first,
                        columns);
    if (&block != &blocks.back()) text += " : ";
  }
  return text;
}

}  // namespace

Body product_text(const ProductSizes& p, const std::vector<OperandRows>& a, const Place& b,
                  const Tape& tape, const Place& output) {
  Body body;
  body.headers = {"engine/cuda/text/product.h"};
  const Extent blocks = (p.m + kTile - 1) / kTile * ((p.n + kTile - 1) / kTile);
  body.grid = static_cast<unsigned>(blocks);
  add_index_type(body, tape);
  const std::string rows = rows_text(body, a, p.ta ? p.m : p.k);
  body.add(
      "  product<{}, {}, {}, {}, {}, {}>(block,\n      [&](int i) {{ return {}; }},\n"
      "      p.to<const float>({}), [&](Index e, float root) {{\n",
      p.m, p.n, p.k, p.ta, p.tb, slices_of(p, blocks), rows, body.pointer(b));
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
