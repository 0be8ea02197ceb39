// What primitives promise the passes about rows, checked by doing it: an operation on stacked
// operands equals the stacked results (rows), or their sum (depth).
#include <doctest/doctest.h>

#include "engine/program/authoring.h"
#include "ops/primitives/primitives.h"
#include "tests/support/gradient_check.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

struct Case {
  std::string text;
  Function f;
  std::vector<TensorType> types;  // operands of the node f makes
  std::uint32_t rows, depth;
};

TensorType real(Shape shape) { return {shape, DType::real}; }

std::vector<Case> cases() {
  const TensorType index{{3}, DType::index};
  return {
      {"add", [](Args x) { return x[0] + x[1]; }, {real({3, 2}), real({3, 2})}, 3, 0},
      {"tanh", [](Args x) { return tanh(x[0]); }, {real({3, 2})}, 1, 0},
      {"sum rows", [](Args x) { return sum(x[0], {1}); }, {real({3, 2})}, 1, 0},
      {"sum columns", [](Args x) { return sum(x[0], {0}); }, {real({3, 2})}, 0, 1},
      {"sum", [](Args x) { return sum(x[0]); }, {real({3, 2})}, 0, 1},
      {"broadcast inner", [](Args x) { return broadcast(x[0], {1}, {4}); }, {real({3})}, 1, 0},
      {"broadcast rows", [](Args x) { return broadcast(x[0], {0}, {4}); }, {real({3})}, 0, 0},
      {"broadcast scalar", [](Args x) { return broadcast_to(x[0], {4}); }, {real({})}, 0, 0},
      {"reshape inner",
       [](Args x) {
         return reshape(x[0], {3, 2, 2});
       },
       {real({3, 4})},
       1,
       0},
      {"reshape all",
       [](Args x) {
         return reshape(x[0], {4, 3});
       },
       {real({3, 4})},
       0,
       0},
      {"permute inner",
       [](Args x) {
         return permute(x[0], {0, 2, 1});
       },
       {real({3, 2, 4})},
       1,
       0},
      {"transpose", [](Args x) { return transpose(x[0]); }, {real({3, 2})}, 0, 0},
      {"slice inner", [](Args x) { return slice(x[0], 1, 0, 1); }, {real({3, 2})}, 1, 0},
      {"slice rows", [](Args x) { return slice(x[0], 0, 0, 1); }, {real({3, 2})}, 0, 0},
      {"pad inner", [](Args x) { return pad(x[0], 1, 1, 1); }, {real({3, 2})}, 1, 0},
      {"pad rows", [](Args x) { return pad(x[0], 0, 1, 1); }, {real({3, 2})}, 0, 0},
      {"concat inner", [](Args x) { return concat(x, 1); }, {real({3, 2}), real({3, 4})}, 3, 0},
      {"concat rows", [](Args x) { return concat(x, 0); }, {real({3, 2}), real({3, 2})}, 0, 0},
      {"A B", [](Args x) { return matmul(x[0], x[1]); }, {real({3, 2}), real({2, 4})}, 1, 0},
      {"A B'",
       [](Args x) { return matmul(x[0], x[1], false, true); },
       {real({3, 2}), real({4, 2})},
       1,
       0},
      {"A' B", [](Args x) { return matmul(x[0], x[1], true); }, {real({3, 2}), real({3, 4})}, 0, 3},
      {"A' B'",
       [](Args x) { return matmul(x[0], x[1], true, true); },
       {real({3, 2}), real({4, 3})},
       0,
       0},
      {"gather", [](Args x) { return gather(x[0], x[1]); }, {real({2, 2}), index}, 2, 0},
      {"scatter_add",
       [](Args x) { return scatter_add(x[0], x[1], 2); },
       {real({3, 2}), index},
       0,
       3},
  };
}

std::vector<double> numbers(const TensorType& type, std::uint32_t stream) {
  auto values = drawn(type.shape.elements(), stream);
  if (type.dtype == DType::index)
    for (double& v : values) v = v > 0;
  return values;
}

}  // namespace

TEST_SUITE_BEGIN("primitives");

TEST_CASE("row and depth operands are what they say") {
  for (const Case& c : cases()) {
    CAPTURE(c.text);
    Builder builder;
    std::vector<Value> x;
    for (const TensorType& type : c.types)
      x.push_back(input(builder, "x" + std::to_string(x.size()), type));
    const Value y = c.f(x);
    const Node node = y.node();
    const Traits traits = traits_of(builder.program(), node);
    CHECK(traits.row_operands == c.rows);
    CHECK(traits.depth_operands == c.depth);
    output(builder, "y", y);

    const std::uint32_t stacked = c.rows | c.depth;
    if (!stacked) continue;
    // Two different sets of operands, and the operation on their concatenation.
    Builder both;
    std::vector<ValueId> operands;
    Tensors first, second, joint;
    Extent rows = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const std::string name = "x" + std::to_string(i);
      const auto stream = 90 + 2 * static_cast<std::uint32_t>(i);
      TensorType type = c.types[i];
      const bool twice = stacked >> i & 1;
      first[name] = numbers(type, stream);
      second[name] = twice ? numbers(type, stream + 1) : first[name];
      joint[name] = first[name];
      if (twice) {
        type.shape[0] *= 2;
        rows = type.shape[0];
        joint[name].insert(joint[name].end(), second[name].begin(), second[name].end());
      }
      operands.push_back(input(both, name, type).id());
    }
    const Attributes a =
        c.rows ? node.primitive->with_rows(node.attributes, rows) : node.attributes;
    output(both, "y", Value(both, both(*node.primitive, operands, a)));
    auto expected = evaluate(builder.program(), first).at("y");
    const auto other = evaluate(builder.program(), second).at("y");
    if (c.rows) expected.insert(expected.end(), other.begin(), other.end());
    if (c.depth)
      for (std::size_t i = 0; i < other.size(); ++i) expected[i] += other[i];
    CHECK(relative_error(evaluate(both.program(), joint).at("y"), expected) <= 1e-14);
  }
}

TEST_CASE("with_rows of leaves that hold a row count") {
  Builder builder;
  const Node node = full(builder, {3, 2}, 7).node();
  const Attributes a = node.primitive->with_rows(node.attributes, 5);
  CHECK(node.primitive->type({}, a).shape == Shape{5, 2});
  const Node repeated = broadcast(input(builder, "x", {{2}, DType::real}), {0}, {3}).node();
  CHECK(decode_type(repeated.primitive->with_rows(repeated.attributes, 5)).shape == Shape{5, 2});
}

TEST_SUITE_END();
