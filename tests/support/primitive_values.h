// What a function of tensors computes, or how it refuses them.
#pragma once

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

#include "engine/error.h"
#include "tests/support/gradient_check.h"

namespace ganflow::test {

using Numbers = std::vector<double>;

struct Bound {
  Shape shape;
  Numbers values;
};

// f of the bound tensors, in both precisions: they must agree to float rounding.
inline Numbers value(const Function& f, const std::vector<Bound>& operands, Tensors more = {}) {
  Builder builder;
  std::vector<Value> x;
  for (const Bound& o : operands) {
    const std::string name = "x" + std::to_string(x.size());
    x.push_back(input(builder, name, {o.shape, DType::real}));
    more[name] = o.values;
  }
  output(builder, "y", f(x));
  const Numbers wide = evaluate(builder.program(), more).at("y");
  const Numbers narrow =
      evaluate(builder.program(), more, {.precision = Precision::float32}).at("y");
  REQUIRE(wide.size() == narrow.size());
  for (std::size_t i = 0; i < wide.size(); ++i)
    if (std::isfinite(wide[i])) CHECK(narrow[i] == doctest::Approx(wide[i]).epsilon(1e-6));
  return wide;
}

// The sentence by which f refuses operands of these shapes.
inline std::string refusal(const Function& f, const std::vector<Shape>& shapes) {
  Builder builder;
  std::vector<Value> x;
  for (const Shape& s : shapes) x.push_back(input(builder, "x", {s, DType::real}));
  try {
    f(x);
  } catch (const Error& error) {
    CHECK(error.fault() == Fault::usage);
    return error.what();
  }
  return "nothing was refused";
}

}  // namespace ganflow::test
