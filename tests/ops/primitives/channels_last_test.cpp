// What becomes of images when a program is compiled: rows that become images and images that become
// rows, pools read window by window.
#include "ops/primitives/channels_last.h"

#include <doctest/doctest.h>

#include "engine/program/gradient.h"
#include "engine/rewrite/rewrite.h"
#include "ops/primitives/primitives.h"
#include "support/compiled.h"
#include "tests/support/primitive_values.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

int count(const Program& program, const Primitive& primitive) {
  int n = 0;
  for (const Node& node : program.nodes) n += node.primitive == &primitive;
  return n;
}

// Traced equals rewritten and compiled; the rewritten program.
Program check_rewritten(Builder& b, const std::vector<Value>& results) {
  for (std::size_t i = 0; i < results.size(); ++i) output(b, "y" + std::to_string(i), results[i]);
  const Program program = rewrite(b.program());
  const Tensors in = random_inputs(b.program(), 3), wanted = evaluate(b.program(), in);
  CHECK(distance(evaluate(program, in), wanted) <= 1e-12);
  CHECK(rewrite(program).str() == program.str());
  RunOptions run;
  run.compile.precision = Precision::float64;
  CHECK(distance(run_compiled(b.program(), in, run), wanted) <= 1e-12);
  return program;
}

}  // namespace

TEST_SUITE_BEGIN("primitives");

TEST_CASE("flat_to_channels_last: hand values, derivatives, refusal") {
  CHECK(value([](Args a) { return flat_to_channels_last(a[0], 2, 1, 3); },
              {{{1, 6}, {1, 2, 3, 4, 5, 6}}}) == Numbers{1, 4, 2, 5, 3, 6});
  check_gradients([](Args a) { return square(flat_to_channels_last(a[0], 2, 2, 1)) * a[1]; },
                  {{{3, 4}}, {{3, 2, 1, 2}}});
  CHECK(refusal([](Args a) { return flat_to_channels_last(a[0], 2, 2, 2); }, {{3, 4}}) ==
        "flat_to_channels_last: rows of 2 x 2 x 2 are expected: (3,4)");
}

TEST_CASE("between a dense layer and convolutions images are never stored channels first") {
  Builder b;
  const Value z = input(b, "z", {{3, 5}}), w = input(b, "w", {{5, 2 * 4 * 4}});
  const Value k = input(b, "k", {{3, 2, 3, 3}}), v = input(b, "v", {{3 * 4 * 4, 1}});
  const Value image = positive(reshape(matmul(z, w), {3, 2, 4, 4}));
  const Value features = positive(conv2d(image, k, same_window(4, 4, 3, 3)));
  const Value score = matmul(reshape(features, {3, 48}), v);
  const std::vector<Value> by{w, k, v, z};
  std::vector<Value> results = gradient(sum(square(score)), by);
  results.push_back(score);
  const Program program = check_rewritten(b, results);
  CHECK(count(program, flat_to_channels_last_primitive()) == 1);
  CHECK(count(program, pool_take_primitive()) == 0);
}

TEST_CASE("dense layers of some outputs behind images, and images no convolution takes") {
  Builder b;
  const Value x = input(b, "x", {{3, 12}}), k = input(b, "k", {{3, 3, 1, 1}});
  const Value v = input(b, "v", {{12, 4}}), c = input(b, "c", {{3}});
  const Value image = reshape(x, {3, 3, 2, 2});
  const Value spread = reshape(broadcast_rows(c, x) * tanh(x), {3, 3, 2, 2});
  const Value y = conv2d(square(image), k, {});
  check_rewritten(b, {matmul(reshape(y, {3, 12}), v), image, spread, sum(image, {0, 2, 3}),
                      concat(std::vector{reshape(y, {3, 12}), x})});
}

TEST_CASE("small pools are read window by window, in both orders of axes") {
  for (const bool conv : {false, true}) {
    Builder b;
    const Value x = input(b, "x", {{2, 3, 6, 6}}), odd = input(b, "odd", {{2, 3, 5, 7}});
    const Value k = input(b, "k", {{3, 3, 3, 3}});
    const Value y = conv ? conv2d(x, k, same_window(6, 6, 3, 3)) : tanh(x);
    std::vector<Value> results = {average_pool(y), average_pool(y, 3), max_pool(y),
                                  max_pool(odd),   max_pool(y, 3),     max_pool(y, 2, 1)};
    Value total = sum(square(results[0]));
    for (std::size_t i = 1; i < results.size(); ++i) total = total + sum(square(results[i]));
    const std::vector<Value> by{x, odd};
    for (const Value& slope : gradient(total, by)) results.push_back(slope);
    const Program program = check_rewritten(b, results);
    CHECK(count(program, pool_sum_primitive()) == 0);
    CHECK(count(program, pool_take_primitive()) == 1);  // of windows that overlap
  }
}

TEST_CASE("the largest of a window is the first of equal ones, and of a NaN what the index says") {
  const double nan = NAN;
  Builder b;
  const Value x = input(b, "x", {{1, 1, 2, 6}});
  output(b, "y", max_pool(x));
  const Tensors in{{"x", {1, 3, nan, 1, 2, nan, 3, 2, 0, 2, 1, 1}}};
  const Numbers traced = evaluate(b.program(), in).at("y"),
                compiled = evaluate(rewrite(b.program()), in).at("y");
  REQUIRE(traced.size() == 3);
  for (std::size_t i = 0; i < 3; ++i)
    CHECK((traced[i] == compiled[i] || (std::isnan(traced[i]) && std::isnan(compiled[i]))));
}

TEST_SUITE_END();
