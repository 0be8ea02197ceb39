// The stacking rules one by one, and each of their conditions: what goes wrong without it.
#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "engine/rewrite/pack.h"
#include "engine/rewrite/rewrite.h"
#include "engine/rewrite/simplify.h"
#include "engine/tensor/philox.h"
#include "ops/primitives/primitives.h"
#include "support/steps.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

Value tensor(Builder& b, const std::string& name, Shape shape) { return input(b, name, {shape}); }
Value weight(Builder& b, const std::string& name, Shape shape) {
  return variable(b, name, {shape});
}

int count(const Program& program, const Primitive& primitive) {
  return static_cast<int>(std::count_if(program.nodes.begin(), program.nodes.end(),
                                        [&](auto& n) { return n.primitive == &primitive; }));
}

// Products and reductions on the longest chain.
int critical_path(const Program& program) {
  std::vector<int> level(program.nodes.size(), 0);
  for (std::size_t id = 0; id < level.size(); ++id) {
    const Node& node = program.nodes[id];
    for (ValueId input : node.inputs) level[id] = std::max(level[id], level[input]);
    const Role role = traits_of(program, node).role;
    level[id] += role == Role::product || role == Role::reduction;
  }
  return *std::max_element(level.begin(), level.end());
}

// Rows contracted by the A' B products, in ascending order.
std::vector<Extent> depths(const Program& program) {
  std::vector<Extent> result;
  for (const Node& node : program.nodes)
    if (node.primitive == &matmul_primitive() && node.attributes.ints[0])
      result.push_back(program.nodes[node.inputs[0]].shape().rows());
  std::sort(result.begin(), result.end());
  return result;
}

// Same results as traced; operands before users; a second pass finds nothing.
void check_sound(const Program& traced, const Program& stacked) {
  for (ValueId id = 0; id < stacked.nodes.size(); ++id)
    for (ValueId input : stacked.nodes[id].inputs) REQUIRE(input < id);
  const Tensors in = step_inputs(traced, 3);
  CHECK(relative_distance(evaluate(stacked, in), evaluate(traced, in)) <= 1e-12);
  CHECK(stack(stacked).hash() == stacked.hash());
}

}  // namespace

TEST_SUITE_BEGIN("rewrite");

TEST_CASE("products that share their weight join by rows") {
  Builder b;
  const Value w = weight(b, "w", {4, 3}), v = weight(b, "v", {4, 3});
  const Value x = tensor(b, "x", {5, 4}), y = tensor(b, "y", {2, 4});
  b.set_origin(b.origin("first"));
  output(b, "xw", matmul(x, w));
  b.set_origin(b.origin("second"));
  output(b, "yw", matmul(y, w));
  output(b, "yv", matmul(y, v));                           // another weight
  output(b, "xw'", matmul(matmul(x, w), w, false, true));  // another signature
  const Program stacked = stack(b.program());
  check_sound(b.program(), stacked);
  CHECK(count(stacked, matmul_primitive()) == 3);
  std::set<std::string> origins;
  for (const Node& node : stacked.nodes)
    if (node.primitive == &matmul_primitive()) origins.insert(stacked.origins[node.origin]);
  CHECK(origins.count("first + second") == 1);
}

TEST_CASE("variables are not gathered into blocks") {
  Builder b;
  const Value w = weight(b, "w", {4, 3});
  output(b, "y", matmul(weight(b, "u", {5, 4}), w));
  output(b, "z", matmul(reshape(weight(b, "v", {8}), {2, 4}), w));
  CHECK(count(stack(b.program()), matmul_primitive()) == 2);
  CHECK(count(stack(b.program()), concat_primitive()) == 0);
}

TEST_CASE("sums of products over rows join by depth, scales in the last operand") {
  Builder b;
  const auto term = [&](int i, Extent rows) {
    const std::string s = std::to_string(i);
    return matmul(tensor(b, "a" + s, {rows, 3}), tensor(b, "b" + s, {rows, 4}), true);
  };
  const Value other = tensor(b, "o", {3, 4}), shared = term(9, 2);
  output(b, "sum", term(0, 2) - term(1, 5) * 0.5 + other + term(2, 1) + shared);
  output(b, "shared", shared);  // read twice: would be computed twice
  const Program stacked = stack(b.program());
  check_sound(b.program(), stacked);
  CHECK(depths(stacked) == std::vector<Extent>{2, 8});
}

TEST_CASE("a partial sum that is read by itself is not computed twice") {
  Builder b;
  const auto term = [&](int i, Extent rows) {
    const std::string s = std::to_string(i);
    return matmul(tensor(b, "a" + s, {rows, 3}), tensor(b, "b" + s, {rows, 4}), true);
  };
  const Value part = term(0, 2) + term(1, 3);
  output(b, "part", part);
  output(b, "whole", part + term(2, 4));
  const Program stacked = stack(b.program());
  check_sound(b.program(), stacked);
  CHECK(depths(stacked) == std::vector<Extent>{4, 5});
}

TEST_CASE("sums over rows join only where the rows lie side by side") {
  Builder b;
  const Value x = tensor(b, "x", {9, 4}), y = tensor(b, "y", {2, 4});
  output(b, "s", sum(slice(x, 0, 3, 9), {0}) + sum(y, {0}) + sum(slice(x, 0, 0, 3), {0}));
  const Program stacked = stack(b.program());
  check_sound(b.program(), stacked);
  CHECK(count(stacked, sum_primitive()) == 2);
  CHECK(count(stacked, concat_primitive()) == 0);
}

TEST_CASE("row-wise runs move through a concat") {
  Builder b;
  const Value w = weight(b, "w", {4, 4}), v = weight(b, "v", {4, 3}), c = weight(b, "c", {4});
  for (const char* name : {"x", "y"}) {
    const Value h = tanh(matmul(tensor(b, name, {3, 4}), w) + c);
    output(b, std::string("out_") + name, matmul(square(h), v));
  }
  const Program stacked = stack(b.program());
  check_sound(b.program(), stacked);
  CHECK(count(stacked, matmul_primitive()) == 2);
  CHECK(count(stacked, tanh_primitive()) == 1);
  CHECK(count(stacked, mul_primitive()) == 1);
  CHECK(count(stacked, concat_primitive()) == 1);
}

TEST_CASE("independence: a product never joins one it depends on") {
  Builder b;
  const Value w = weight(b, "w", {4, 4}), x = tensor(b, "x", {3, 4});
  output(b, "y", matmul(tanh(matmul(x, w)), w));  // one weight, twice in a chain
  const Program stacked = stack(b.program());
  check_sound(b.program(), stacked);
  CHECK(count(stacked, matmul_primitive()) == 2);

  // The tangent pass of a gradient penalty multiplies by the forward pass' weight.
  const Program step = stack(critic_step(thesis()), {.guard_critical_path = false});
  std::vector<Extent> rows;
  for (const Node& node : step.nodes)
    if (node.primitive == &matmul_primitive() &&
        step.nodes[node.inputs[1]].shape() == Shape{784, 64})
      rows.push_back(node.attributes.ints[1] ? 0 : node.shape().rows());
  std::sort(rows.begin(), rows.end());
  CHECK(rows == std::vector<Extent>{0, 64, 192});
}

TEST_CASE("critical path: the penalty does not wait for the scores of a GAN loss") {
  const Program traced = critic_step(thesis().with(Loss::minimax));
  const Program guarded = stack(traced), free = stack(traced, {.guard_critical_path = false});
  CHECK(census(guarded).products == 10);
  CHECK(census(free).products == 9);
  CHECK(critical_path(guarded) == critical_path(simplify(traced)));
  CHECK(critical_path(free) > critical_path(guarded));
}

TEST_CASE("free closure: statistics of a block are not spread into tensors to join blocks") {
  Builder b;
  const Value w = weight(b, "w", {4, 5}), v = weight(b, "v", {5, 3});
  for (const char* name : {"x", "y"}) {  // batch normalisation of each block by itself
    const Value h = matmul(tensor(b, name, {6, 4}), w);
    const Value centred = h - mean(h, {0});
    const Value normal = centred / sqrt(mean(square(centred), {0}) + 1e-5);
    output(b, std::string("out_") + name, matmul(normal, v));
  }
  const Program stacked = stack(b.program());
  check_sound(b.program(), stacked);
  CHECK(count(stacked, matmul_primitive()) == 2);  // both products still join
  CHECK(count(stacked, sum_primitive()) == 4);     // every block has its own statistics
  for (const Node& node : stacked.nodes)
    if (node.primitive == &concat_primitive())
      for (ValueId input : node.inputs)
        CHECK(stacked.nodes[input].primitive != &broadcast_primitive());
}

TEST_CASE("block order: gradients join in the order of the forward pass") {
  // The backward products are traced in the opposite order and have constant operands: only the
  // masks they meet tell where their rows belong.
  Builder b;
  const Value w = weight(b, "w", {4, 5}), v = weight(b, "v", {5, 1}), u = weight(b, "u", {5, 3});
  std::vector<Value> scores;
  std::vector<Value> masks;
  for (const char* name : {"x", "y", "z"})
    masks.push_back(greater(matmul(tensor(b, name, {3, 4}), w), 0));
  for (int i = 2; i >= 0; --i) {
    const Value ones = full(b, {3, 1}, i + 1.0);
    output(b, "g" + std::to_string(i),
           matmul(select(masks[i], tanh(matmul(ones, v, false, true)), 0.0), u));
  }
  const Program stacked = stack(b.program());
  check_sound(b.program(), stacked);
  CHECK(count(stacked, matmul_primitive()) == 3);
  CHECK(count(stacked, select_primitive()) == 1);
  CHECK(count(stacked, concat_primitive()) == 2);  // the inputs, the constants
}

TEST_CASE("rows are successive only if every common base says so") {
  Builder b;
  const Value p = tensor(b, "p", {6, 2}), q = tensor(b, "q", {6, 2});
  const Value first = tanh(slice(p, 0, 0, 2)) * slice(q, 0, 0, 2);
  const Value second = tanh(slice(p, 0, 2, 4)) * slice(q, 0, 2, 4);
  const Value crossed = tanh(slice(p, 0, 2, 4)) * slice(q, 0, 4, 6);
  for (const Value& v : {first, second, crossed}) output(b, "y" + std::to_string(v.id()), v);
  StackGraph graph(b.program());
  const Packer packer(graph);
  const auto results = graph.builder().program().results;
  const auto id = [&](int i) { return results[i].value; };
  CHECK(packer.successive(id(0), id(1)));
  CHECK_FALSE(packer.successive(id(1), id(0)));
  CHECK_FALSE(packer.successive(id(0), id(2)));
  CHECK_FALSE(packer.successive(id(0), id(0)));
}

TEST_CASE("operand alignment: a b and b a of two blocks are one product of factors") {
  Builder b;
  const Value w = weight(b, "w", {4, 5}), v = weight(b, "v", {4, 5}), u = weight(b, "u", {5, 2});
  const Value x = tensor(b, "x", {3, 4}), y = tensor(b, "y", {3, 4});
  const Value xw = tanh(matmul(x, w)), xv = tanh(matmul(x, v));
  const Value yv = tanh(matmul(y, v)), yw = tanh(matmul(y, w));
  output(b, "x_out", matmul(xw * xv, u));
  output(b, "y_out", matmul(yv * yw, u));
  const Program stacked = stack(b.program());
  check_sound(b.program(), stacked);
  CHECK(count(stacked, matmul_primitive()) == 3);
  CHECK(count(stacked, mul_primitive()) == 1);
  CHECK(count(stacked, tanh_primitive()) == 2);
  CHECK(count(stacked, concat_primitive()) == 1);
}

TEST_CASE("random programs of shared weights keep their results") {
  for (std::uint32_t trial = 0; trial < 60; ++trial) {
    CAPTURE(trial);
    std::uint64_t drawn = 0;
    const auto pick = [&](std::size_t n) { return random_word(11, trial, 0, drawn++) % n; };
    Builder b;
    const Value weights[] = {weight(b, "w0", {3, 3}), weight(b, "w1", {3, 3})};
    std::vector<Value> pool;  // (rows, 3)
    for (int i = 0; i < 3; ++i)
      pool.push_back(tensor(b, "x" + std::to_string(i), {i == 2 ? 4 : 2, 3}));
    std::vector<Value> sums;
    for (int i = 0; i < 25; ++i) {
      const Value x = pool[pick(pool.size())], y = pool[pick(pool.size())];
      switch (pick(7)) {
        case 0:
        case 1:
          pool.push_back(matmul(x, weights[pick(2)], false, pick(2)));
          break;
        case 2:
          pool.push_back(x.rows() == y.rows() ? x * y : tanh(x));
          break;
        case 3:
          pool.push_back(x.rows() == y.rows() ? select(greater(x, 0), y, 0.0) : x + sum(y, {0}));
          break;
        case 4:
          pool.push_back(x - mean(x, {0}));
          break;
        case 5:
          if (x.rows() == y.rows()) sums.push_back(matmul(x, y, true));
          break;
        default:
          pool.push_back(broadcast_rows(row_sums(x), x) * 0.25);
      }
    }
    Value total = full(b, {3, 3}, 1);
    for (std::size_t i = 0; i < sums.size(); ++i) total = total + sums[i] * (i % 2 ? -1.0 : 1.0);
    output(b, "total", total);
    for (std::size_t i = pool.size() - 4; i < pool.size(); ++i)
      output(b, "y" + std::to_string(i), pool[i]);
    const Tensors in = step_inputs(b.program(), trial), expected = evaluate(b.program(), in);
    const Program rewritten = rewrite(b.program());
    CHECK(relative_distance(evaluate(stack(b.program()), in), expected) <= 1e-9);
    CHECK(relative_distance(evaluate(rewritten, in), expected) <= 1e-9);
    CHECK(census(rewritten).products <= census(simplify(b.program())).products);
  }
}

// Was: a shift by 32 and more bits, which is undefined, where a concat has so many operands.
TEST_CASE("a concat of more operands than a mask has bits is as it was traced") {
  Builder b;
  const Value w = weight(b, "w", {2, 40});
  std::vector<Value> first, second;
  for (int i = 0; i < 40; ++i) {
    first.push_back(tensor(b, "x" + std::to_string(i), {2, 1}));
    second.push_back(tensor(b, "y" + std::to_string(i), {2, 1}));
  }
  const Value x = concat(first, 1), y = concat(second, 1);
  output(b, "sum", sum(matmul(x, w, false, true), {0}) + sum(matmul(y, w, false, true), {0}));
  const Tensors in = step_inputs(b.program(), 1);
  CHECK(relative_distance(evaluate(rewrite(b.program()), in), evaluate(b.program(), in)) <= 1e-12);
  CHECK_FALSE(has_operand(~0u, 32));
  CHECK(has_operand(first_operands(40), 31));
}

TEST_SUITE_END();
