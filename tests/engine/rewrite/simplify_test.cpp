#include "engine/rewrite/simplify.h"

#include <doctest/doctest.h>

#include <stdexcept>

#include "engine/program/affine.h"
#include "engine/program/evaluate.h"
#include "engine/program/leaves.h"
#include "engine/rewrite/rewrite.h"

using namespace ganflow;

namespace {

TensorType vector_of(Extent n) { return {{n}, DType::real}; }

int count(const Program& program, const Primitive& primitive) {
  int n = 0;
  for (const Node& node : program.nodes) n += node.primitive == &primitive;
  return n;
}

struct Unary : Primitive {
  TensorType type(Types in, const Attributes&) const override { return in[0]; }
  Traits traits(Types, const Attributes&) const override {
    return {.role = Role::elementwise, .row_operands = 1};
  }
};

// outer(inner(x)) = inner(outer(x)), a rule in both directions when used in pairs.
struct Swapping : Unary {
  explicit Swapping(std::string_view name) : name_(name) {}
  std::string_view name() const override { return name_; }
  std::optional<ValueId> simplify(Builder& builder, std::span<const ValueId> in,
                                  const Attributes&) const override {
    const Node inner = builder.node(in[0]);
    if (inner.primitive != partner) return std::nullopt;
    return builder(*partner, {builder(*this, {inner.inputs[0]})});
  }
  const Primitive* partner = nullptr;
  std::string_view name_;
};

// Never content with its attributes.
struct Restless : Unary {
  std::string_view name() const override { return "restless"; }
  std::optional<ValueId> simplify(Builder& builder, std::span<const ValueId> in,
                                  const Attributes&) const override {
    if (++turn_ % 2 == 0) return std::nullopt;
    return builder(*this, in, {.ints = {turn_}});
  }
  mutable int turn_ = 0;
};

}  // namespace

TEST_SUITE_BEGIN("rewrite");

TEST_CASE("dead code goes, slots stay") {
  Builder builder;
  const Value x = input(builder, "x", vector_of(3));
  input(builder, "unused", vector_of(5));
  affine(x, 7, 0);
  output(builder, "y", affine(x, 2, 1));
  const Program program = without_dead_code(builder.program());
  CHECK(program.nodes.size() == 2);
  CHECK(program.inputs.size() == 2);
  CHECK(evaluate(program, {{"x", {1, 2, 3}}, {"unused", {0, 0, 0, 0, 0}}}).at("y") ==
        std::vector<double>{3, 5, 7});
}

TEST_CASE("equal operations on equal operands become one node") {
  Builder builder;
  const Value x = input(builder, "x", vector_of(3)), y = input(builder, "y", vector_of(3));
  // x + y and y + x are the same sum; the two affine chains fold to one map.
  const Value a = affine(affine(add(x, y), 2, 0), 1, 3), b = affine(add(y, x), 2, 3);
  output(builder, "a", a);
  output(builder, "b", b);
  const Program program = simplify(builder.program());
  CHECK(count(program, add_primitive()) == 1);
  CHECK(count(program, affine_primitive()) == 1);
  CHECK(program.results[0].value == program.results[1].value);
  const Tensors in{{"x", {1, 2, 3}}, {"y", {4, 5, 6}}};
  CHECK(evaluate(program, in) == evaluate(builder.program(), in));
}

TEST_CASE("different attributes keep operations apart") {
  Builder builder;
  const Value x = input(builder, "x", vector_of(3));
  output(builder, "a", affine(x, 2, 0));
  output(builder, "b", affine(x, 2, 1));
  CHECK(count(simplify(builder.program()), affine_primitive()) == 2);
}

TEST_CASE("stop is erased, and what it kept apart is one") {
  Builder builder;
  const Value x = input(builder, "x", vector_of(3));
  output(builder, "a", affine(stop(x), 2, 0));
  output(builder, "b", affine(x, 2, 0));
  const Program program = simplify(builder.program());
  CHECK(count(program, stop_primitive()) == 0);
  CHECK(program.nodes.size() == 2);
}

TEST_CASE("origins survive and simplify is idempotent") {
  Builder builder;
  const Value x = input(builder, "x", vector_of(3));
  builder.set_origin(builder.origin("loss"));
  output(builder, "a", affine(add(x, affine(x, 3, 0)), 2, 0));
  const Program once = simplify(builder.program()), twice = simplify(once);
  CHECK(once.hash() == twice.hash());
  CHECK(once.origins[once.nodes.back().origin] == "loss");
}

TEST_CASE("rules that undo each other are named") {
  Swapping outer("outer"), inner("inner");
  outer.partner = &inner;
  inner.partner = &outer;
  Builder builder;
  const Value x = input(builder, "x", vector_of(3));
  output(builder, "y", apply(outer, {apply(inner, {x})}));
  CHECK_THROWS_WITH_AS(simplify(builder.program()), doctest::Contains("outer, inner, outer"),
                       std::logic_error);

  const Restless restless;
  Builder second;
  output(second, "y", apply(restless, {input(second, "x", vector_of(3))}));
  CHECK_THROWS_WITH_AS(
      simplify(second.program()),
      doctest::Contains("fixed point after 64 sweeps; the last rules that fired: restless"),
      std::logic_error);
}

TEST_SUITE_END();
