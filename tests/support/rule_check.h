// A rewrite rule on a tiny program: the text of the result after simplify(), and equal values on
// random numbers in float64.
//
//   check_rule([](Args x) { return (x[0] + 1.0) - 1.0; }, {{2, 3}}, "a");
//
// Operands are called a, b, c, ...; a node reads name(operands), with the numbers that matter:
// full(2), affine(a 2 1), slice(a 0 1:3), pad(a 0 1,2), concat(a b | 0), matmul(a b' ) and so on.
#pragma once

#include <fmt/format.h>

#include "engine/rewrite/rewrite.h"
#include "engine/rewrite/simplify.h"
#include "ops/primitives/primitives.h"
#include "tests/support/gradient_check.h"

namespace ganflow::test {

inline std::string expression(const Program& program, ValueId id) {
  const Node& node = program.nodes[id];
  const auto& ints = node.attributes.ints;
  const auto& reals = node.attributes.reals;
  std::vector<std::string> operands;
  for (ValueId input : node.inputs) operands.push_back(expression(program, input));
  const std::string all = fmt::format("{}", fmt::join(operands, " "));
  const auto* p = node.primitive;
  if (p == &input_primitive()) return program.inputs[ints[0]].name;
  if (p == &full_primitive()) return fmt::format("full({} {})", reals[0], node.shape().str());
  if (p == &affine_primitive()) return fmt::format("affine({} {} {})", all, reals[0], reals[1]);
  if (p == &slice_primitive())
    return fmt::format("slice({} {} {}:{})", all, ints[0], ints[1], ints[2]);
  if (p == &pad_primitive()) return fmt::format("pad({} {} {},{})", all, ints[0], ints[1], ints[2]);
  if (p == &concat_primitive()) return fmt::format("concat({} | {})", all, ints[0]);
  if (p == &sum_primitive()) return fmt::format("sum({} {:#b})", all, ints[0]);
  if (p == &broadcast_primitive() || p == &reshape_primitive())
    return fmt::format("{}({} {})", p->name(), all, node.shape().str());
  if (p == &matmul_primitive())
    return fmt::format("matmul({}{} {}{})", operands[0], ints[0] ? "'" : "", operands[1],
                       ints[1] ? "'" : "");
  return fmt::format("{}({})", p->name(), all);
}

// `expected` may be empty: then only the values are compared.
inline void check_rule(const Function& f, const std::vector<Shape>& shapes,
                       const std::string& expected, double tolerance = 1e-13) {
  Builder builder;
  std::vector<Value> x;
  Tensors at;
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    const std::string name(1, static_cast<char>('a' + i));
    x.push_back(input(builder, name, {shapes[i], DType::real}));
    at[name] = drawn(shapes[i].elements(), 70 + static_cast<std::uint32_t>(i), -2, 2);
  }
  output(builder, "y", f(x));
  const Program& traced = builder.program();
  const Program simple = simplify(traced);
  if (!expected.empty()) CHECK(expression(simple, simple.results[0].value) == expected);
  CHECK(relative_error(evaluate(traced, at).at("y"), evaluate(simple, at).at("y")) <= tolerance);
}

}  // namespace ganflow::test
