// Legality of kernel formation, one condition a case, as tiny programs.
#include "engine/kernels/group.h"

#include <doctest/doctest.h>

#include "engine/cpu/target.h"
#include "ops/primitives/primitives.h"

using namespace ganflow;
using namespace ganflow::kernels;

namespace {

struct Formed {
  std::size_t kernels;
  int depth;
  bool operator==(const Formed&) const = default;
};

Formed formed(Builder& b, std::initializer_list<Value> results, bool fuse = true) {
  int i = 0;
  for (const Value& v : results) output(b, "y" + std::to_string(i++), v);
  const Program& program = b.program();
  const Classified classified(program, cpu::target());
  const Fusion fusion = form_kernels(classified, fuse);
  // Kernels come after everything they read.
  for (std::size_t k = 0; k < fusion.kernels.size(); ++k)
    for (const Member& m : fusion.kernels[k].members)
      for (const Operand& operand : classified.operands(m.id)) {
        const auto [lo, hi] = range_of(classified.shape(operand.value), operand.source.at);
        classified.visit(operand.source.base, lo, hi, [&](ValueId id, Extent, Extent) {
          CHECK(fusion.kernel_of[id] <= static_cast<int>(k));
        });
      }
  return {fusion.kernels.size(), fusion.depth};
}

Value tensor(Builder& b, const std::string& name, Shape shape) { return input(b, name, {shape}); }

}  // namespace

TEST_SUITE_BEGIN("fuse");

TEST_CASE("elementwise chains are one kernel, one per node without fusion") {
  for (const bool fuse : {true, false}) {
    Builder b;
    const Value x = tensor(b, "x", {8, 5});
    CHECK(formed(b, {tanh(exp(x) + x)}, fuse) == (fuse ? Formed{1, 1} : Formed{3, 3}));
  }
}

TEST_CASE("a product takes the elementwise operations behind it, not those before it") {
  Builder b;
  const Value x = tensor(b, "x", {8, 5}), w = tensor(b, "w", {5, 6}), bias = tensor(b, "b", {6});
  CHECK(formed(b, {positive(matmul(exp(x), w) + bias)}) == Formed{2, 2});
}

TEST_CASE("an epilogue may cover a block of rows") {
  Builder b;
  const Value x = tensor(b, "x", {9, 5}), w = tensor(b, "w", {5, 6});
  const Value y = matmul(x, w);
  CHECK(formed(b, {y, exp(slice(y, 0, 3, 9)), tanh(slice(y, 0, 0, 4))}) == Formed{1, 1});
}

TEST_CASE("no kernel with another path between its parts") {
  Builder b;
  const Value x = tensor(b, "x", {5, 5}), w = tensor(b, "w", {5, 5});
  const Value f = exp(x);
  CHECK(formed(b, {matmul(f, w) + f}) == Formed{2, 2});
}

TEST_CASE("reductions that keep the same axes share a kernel, values are broadcast back") {
  SUBCASE("rows: softmax") {
    Builder b;
    const Value x = exp(tensor(b, "x", {8, 5}));
    CHECK(formed(b, {x / broadcast_rows(row_sums(x), x)}) == Formed{1, 1});
  }
  SUBCASE("columns: normalised features") {
    Builder b;
    const Value x = tensor(b, "x", {8, 5});
    const Value d = x - mean(x, {0});
    CHECK(formed(b, {d / sqrt(mean(square(d), {0}) + 1.0)}) == Formed{1, 1});
  }
  SUBCASE("one number") {
    Builder b;
    const Value x = tensor(b, "x", {8, 5});
    CHECK(formed(b, {x * tanh(sum(x))}) == Formed{1, 1});
  }
}

TEST_CASE("reductions that keep different axes do not share a kernel") {
  Builder b;
  const Value x = exp(tensor(b, "x", {8, 5}));
  CHECK(formed(b, {row_sums(x), sum(x, {0})}) == Formed{2, 2});
}

TEST_CASE("a vector of other axes than the kept ones is not broadcast inside") {
  Builder b;
  const Value x = tensor(b, "x", {5, 5});
  const Value s = row_sums(x);
  CHECK(formed(b, {x * broadcast(s, {0}, {5})}) == Formed{2, 2});
}

TEST_CASE("a reduction never joins a product") {
  Builder b;
  const Value x = tensor(b, "x", {8, 5}), w = tensor(b, "w", {5, 6});
  CHECK(formed(b, {row_sums(square(matmul(x, w)))}) == Formed{2, 2});
}

TEST_CASE("nothing inside a kernel is read through a permutation or a concat") {
  {
    Builder b;
    const Value x = tensor(b, "x", {5, 5});
    CHECK(formed(b, {tanh(transpose(exp(x)))}) == Formed{2, 2});
  }
  {
    Builder b;
    const Value x = tensor(b, "x", {5, 5});
    CHECK(formed(b, {tanh(concat(std::vector{exp(x), sin(x)}))}) == Formed{3, 2});
  }
}

TEST_CASE("the longest chain does not grow") {
  Builder b;
  const Value x = tensor(b, "x", {5, 5}), w = tensor(b, "w", {5, 5});
  const Value f = exp(x);
  const Value chain = matmul(matmul(f, w), w), other = matmul(matmul(x, w), w);
  // f + other belongs to other's last product: beside f it would make the chain wait for it.
  CHECK(formed(b, {chain, f + other}) == Formed{5, 3});
}

TEST_CASE("members of different row sizes stay apart, unless all are the same elements") {
  {
    Builder b;
    const Value x = tensor(b, "x", {4, 6});
    CHECK(formed(b, {exp(reshape(slice(tanh(x), 0, 0, 2), {4, 3})), sin(x)}).kernels == 3);
  }
  {
    Builder b;
    const Value x = tensor(b, "x", {4, 6});
    CHECK(formed(b, {exp(reshape(tanh(x), {8, 3}))}).kernels == 1);
  }
}

TEST_CASE("kernels of one number are one, unless one waits for another") {
  {
    Builder b;
    const Value x = tensor(b, "x", {}), y = tensor(b, "y", {}), z = tensor(b, "z", {1});
    CHECK(formed(b, {exp(x), sin(y), cos(z)}) == Formed{1, 1});
  }
  {
    Builder b;
    const Value x = tensor(b, "x", {}), m = tensor(b, "m", {4, 6});
    CHECK(formed(b, {sin(x), sin(sum(m))}) == Formed{2, 1});
  }
}

TEST_CASE("what a product's epilogue reads is computed in it, whoever comes first") {
  {
    Builder b;
    const Value x = tensor(b, "x", {8, 5}), w = tensor(b, "w", {5, 6}), m = tensor(b, "m", {8, 6});
    const Value decayed = square(m) * 0.9;
    CHECK(formed(b, {decayed + matmul(x, w), decayed}) == Formed{1, 1});
  }
  {
    Builder b;
    const Value x = tensor(b, "x", {8, 5}), w = tensor(b, "w", {5, 6}), v = tensor(b, "v", {5, 6});
    CHECK(formed(b, {tanh(matmul(x, w)) + matmul(x, v)}) == Formed{2, 2});
  }
}

TEST_SUITE_END();
