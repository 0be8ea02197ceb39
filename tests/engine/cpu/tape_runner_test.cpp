// Shapes beyond one tile, one block, one register: every way of walking a domain.
#include <doctest/doctest.h>

#include <array>

#include "ops/primitives/primitives.h"
#include "support/compiled.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

// float32: sums of some 10^5 terms in [-1, 1], against float64.
void check_both(const Program& program, double tolerance32 = 1e-4) {
  const Tensors in = random_inputs(program, 5);
  const Tensors wanted = evaluate(program, in);
  for (const bool fuse : {true, false}) {
    RunOptions run;
    run.repeat = 2;
    run.compile.fuse = fuse;
    run.compile.precision = Precision::float64;
    CHECK(distance(run_compiled(program, in, run), wanted) <= 1e-11);
    run.compile.precision = Precision::float32;
    CHECK(distance(run_compiled(program, in, run), wanted) <= tolerance32);
  }
}

Value tensor(Builder& b, const std::string& name, Shape shape, DType type = DType::real) {
  return input(b, name, {shape, type});
}

}  // namespace

TEST_SUITE_BEGIN("cpu");

TEST_CASE("reductions by rows, by columns and of all, with values broadcast back") {
  for (const Shape& shape : {Shape{300, 700}, Shape{700, 3}, Shape{3, 5000}, Shape{600, 1},
                             Shape{1, 600}, Shape{70, 9, 11}, Shape{5, 130, 90}}) {
    CAPTURE(shape.str());
    Builder b;
    const Value x = exp(tensor(b, "x", shape));
    const Value rows = row_sums(x), columns = mean(x, {0});
    const Value by_rows = x / broadcast_rows(rows, x), d = x - columns;
    output(b, "softmax", by_rows);
    output(b, "scaled", d / sqrt(mean(square(d), {0}) + 1.0));
    output(b, "all", x * tanh(mean(x)));
    output(b, "rows", log(rows));
    output(b, "again", row_sums(square(by_rows)));
    check_both(b.program());
  }
}

TEST_CASE("axes in any order, strided, masked, per channel") {
  Builder b;
  const Value x = tensor(b, "x", {6, 40, 30}), bias = tensor(b, "bias", {40});
  const Value mask = tensor(b, "mask", {6, 40, 30}, DType::mask);
  const Value channels = broadcast(bias, {0, 2}, {6, 30});
  output(b, "biased", select(mask, x * channels, x + channels));
  output(b, "permuted", exp(permute(x, {2, 0, 1})) + 1.0);
  output(b, "sliced", tanh(slice(slice(x, 1, 3, 37), 2, 5, 6)));
  output(b, "greater", greater(x, channels));
  output(b, "sums", sum(x * channels, {0, 2}));
  output(b, "leading", sum(x * channels, {0, 1}));
  output(b, "flat", sum(reshape(x, {240, 30}), {0}));
  check_both(b.program());
}

TEST_CASE("row blocks of a product's epilogue and of an elementwise kernel") {
  Builder b;
  const Value x = tensor(b, "x", {210, 33}), w = tensor(b, "w", {33, 90});
  const Value y = matmul(x, w);
  output(b, "y", y);
  output(b, "head", tanh(slice(y, 0, 0, 70)));
  output(b, "tail", exp(slice(y, 0, 50, 210)) * slice(y, 0, 50, 210));
  const Value z = sin(x);
  output(b, "z", z);
  output(b, "part", cos(slice(z, 0, 100, 131)) + slice(x, 0, 0, 31));
  check_both(b.program());
}

TEST_CASE("matmul: every transposition, sizes around tiles and blocks") {
  for (const auto& [m, n, k] : {std::array<Extent, 3>{1, 1, 1},
                                {2, 3, 1},
                                {1, 70, 5},
                                {65, 1, 9},
                                {17, 19, 23},
                                {64, 64, 256},
                                {65, 63, 257},
                                {130, 200, 70},
                                {96, 130, 600},
                                {3, 5, 1000}})
    for (int flags = 0; flags < 4; ++flags) {
      const bool ta = flags & 1, tb = flags & 2;
      CAPTURE(m);
      CAPTURE(n);
      CAPTURE(k);
      CAPTURE(flags);
      Builder b;
      const Value x = tensor(b, "x", ta ? Shape{k, m} : Shape{m, k});
      const Value y = tensor(b, "y", tb ? Shape{n, k} : Shape{k, n});
      const Value z = matmul(x, y, ta, tb);
      output(b, "z", z);
      output(b, "bounded", tanh(z));
      check_both(b.program());  // k times the rounding of a product of numbers below 1
    }
}

TEST_CASE("an update in the epilogue of the product that makes its gradient") {
  Builder b;
  const Value x = tensor(b, "x", {192, 130}), d = tensor(b, "d", {192, 70});
  const Value w = variable(b, "w", {{130, 70}}), s = variable(b, "s", {{130, 70}});
  const Value g = matmul(x, d, true);
  const Value next = s * 0.9 + square(g) * 0.1;
  assign(b, s, next);
  assign(b, w, w - g / (sqrt(next) + 1.0));
  output(b, "before", sum(w));
  check_both(b.program());
}

TEST_SUITE_END();
