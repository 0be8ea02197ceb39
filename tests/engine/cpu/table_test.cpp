// Primitives that the engine has never seen: without an entry in the CPU's table they run their
// reference, bit for bit as the interpreter does; with one, what is registered.
#include "engine/cpu/table.h"

#include <doctest/doctest.h>

#include <cmath>
#include <thread>

#include "engine/cpu/executable.h"
#include "engine/cpu/loops.h"
#include "engine/error.h"
#include "ops/primitives/elementwise.h"
#include "ops/primitives/primitives.h"
#include "support/compiled.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

// Four operands: one more than any own primitive has.
struct Blend {
  static constexpr int kOperands = 4;
  template <class T, class A>
  static T f(const T* x, const A& a) {
    return std::exp(x[0]) * x[1] + static_cast<T>(a.reals[0]) * x[2] - x[3];
  }
};
const Primitive& blend() {
  static const Elementwise<Blend> primitive("blend");
  return primitive;
}

template <int kCount>
struct Total {
  static constexpr int kOperands = kCount;
  template <class T, class A>
  static T f(const T* x, const A&) {
    T total = 0;
    for (int i = 0; i < kCount; ++i) total += x[i];
    return total;
  }
};
template <int kCount>
const Primitive& total() {
  static const Elementwise<Total<kCount>> primitive("total");
  return primitive;
}

// More than there are bits in Traits: it says nothing of its rows.
struct TooMany : Primitive {
  std::string_view name() const override { return "too_many"; }
  TensorType type(Types in, const Attributes&) const override { return in[0]; }
  Traits traits(Types, const Attributes&) const override { return {}; }
  std::optional<ScalarFormula> formula() const override { return scalar_formula<Total<33>>(); }
};

// Not elementwise: every row turned round. The reference is all it has.
struct Reversed : Primitive {
  std::string_view name() const override { return "reversed"; }
  TensorType type(Types in, const Attributes&) const override {
    require_inputs(name(), in, 1);
    return in[0];
  }
  Traits traits(Types, const Attributes&) const override {
    return {.role = Role::move, .row_operands = 1};
  }
  struct Kernel {
    template <class T>
    static void run(const KernelCall& call) {
      const Extent n = call.node->shape().row_elements();
      for (Extent i = 0; i < call.node->shape().elements(); ++i)
        result<T>(call)[i] = operand<T>(call, 0)[i / n * n + n - 1 - i % n];
    }
  };
  KernelPair reference() const override { return kernel_pair<Kernel>(); }
};
const Primitive& reversed() {
  static const Reversed primitive;
  return primitive;
}

// Says that it is elementwise, and has nothing to run.
struct Empty : Primitive {
  std::string_view name() const override { return "empty"; }
  TensorType type(Types in, const Attributes&) const override { return in[0]; }
  Traits traits(Types, const Attributes&) const override { return {}; }
};

// As the interpreter in the same precision, bit for bit.
void check_equal_bits(const Program& program) {
  const Tensors in = random_inputs(program, 9);
  for (const Precision precision : {Precision::float32, Precision::float64})
    for (const bool fuse : {true, false}) {
      RunOptions run;
      run.compile.precision = precision;
      run.compile.fuse = fuse;
      CHECK(run_compiled(program, in, run) == evaluate(program, in, {.precision = precision}));
    }
}

std::vector<Value> many(Builder& b, int count, const Shape& shape) {
  std::vector<Value> made;
  for (int i = 0; i < count; ++i) made.push_back(input(b, "x" + std::to_string(i), {shape}));
  return made;
}

}  // namespace

TEST_SUITE_BEGIN("cpu");

// A primitive of four operands was written past arrays of three, on the tape and in the loop.
TEST_CASE("a user's elementwise primitive of four operands equals the interpreter, bit for bit") {
  for (const Shape& shape : {Shape{1}, Shape{37, 211}}) {
    Builder b;
    const std::vector<Value> x = many(b, 4, shape);
    output(b, "y", ganflow::apply(blend(), x, {.reals = {0.3, 0}}));
    output(
        b, "twice",
        ganflow::apply(blend(), {x[3], ganflow::apply(blend(), x, {.reals = {2, 0}}), x[0], x[0]}));
    check_equal_bits(b.program());
  }
}

TEST_CASE("a user's elementwise primitive of broadcast, moved and summed operands") {
  Builder b;
  const std::vector<Value> x = many(b, 2, {40, 30});
  const Value row = input(b, "row", {{30}}), s = input(b, "s", {});
  const Shape shape{40, 30};
  const Value moved = transpose(reshape(x[1], {30, 40}));
  const Value y =
      ganflow::apply(blend(), {x[0], broadcast_to(row, shape), moved, broadcast_to(s, shape)});
  output(b, "y", y);
  output(b, "masked", select(greater(y, 0), y, 0.0));
  check_equal_bits(b.program());
  const Value sums = row_sums(y);  // added up in another order: not bit for bit
  output(b, "sums", ganflow::apply(total<4>(), {sums, sums, row_sums(x[0]), sums}));
  const Tensors in = random_inputs(b.program(), 9);
  CHECK(distance(run_compiled(b.program(), in), evaluate(b.program(), in)) <= 1e-5);
}

TEST_CASE("as many operands as the CPU takes, and one more") {
  Builder b;
  output(b, "y", ganflow::apply(total<32>(), many(b, 32, {5, 7})));
  check_equal_bits(b.program());
  static const TooMany too_many;
  Builder more;
  output(more, "y", ganflow::apply(too_many, many(more, 33, {5, 7})));
  CHECK_THROWS_WITH_AS(
      cpu::compile(more.program(), {}),
      "too_many has 33 operands, the CPU takes at most 32 in one operation: split it", Error);
}

TEST_CASE("a user's primitive with a reference alone runs it") {
  Builder b;
  const Value x = tanh(input(b, "x", {{6, 9}}));
  output(b, "y", ganflow::apply(reversed(), {x}));
  output(b, "same", ganflow::apply(reversed(), {ganflow::apply(reversed(), {x})}));
  const Tensors in = random_inputs(b.program(), 2);
  const Tensors got = run_compiled(b.program(), in), wanted = evaluate(b.program(), in);
  CHECK(distance(got, wanted) <= 1e-6);
  CHECK(got.at("y")[0] == got.at("same")[8]);
}

TEST_CASE("a primitive with nothing to run is refused by name") {
  static const Empty empty;
  Builder b;
  output(b, "y", ganflow::apply(empty, {input(b, "x", {{3}})}));
  CHECK_THROWS_WITH_AS(cpu::compile(b.program(), {}), "empty has no kernel for the CPU", Error);
}

TEST_CASE("a registered loop and a registered kernel are run; the last registration counts") {
  static const Elementwise<Total<2>> added("added");
  static const Reversed turned;
  const auto constant = [](double v) {
    return v == 1 ? ElementwiseLoop{.f32 = [](float* y, const float* const*, const Attributes&,
                                              std::size_t n) { std::fill_n(y, n, 1.0f); }}
                  : ElementwiseLoop{.f32 = [](float* y, const float* const*, const Attributes&,
                                              std::size_t n) { std::fill_n(y, n, 2.0f); }};
  };
  Builder b;
  const std::vector<Value> x = many(b, 2, {4});
  output(b, "sum", ganflow::apply(added, x));
  output(b, "turned", ganflow::apply(turned, {x[0]}));
  const Tensors in = random_inputs(b.program(), 4);
  cpu::register_kernels(added, {.loop = constant(1)});
  CHECK(run_compiled(b.program(), in).at("sum") == std::vector<double>(4, 1));
  cpu::register_kernels(added, {.loop = constant(2)});
  cpu::register_kernels(turned, {.kernel = {.f32 = [](const KernelCall& call) {
                                   std::fill_n(result<float>(call), call.node->shape().elements(),
                                               5.0f);
                                 }}});
  const Tensors again = run_compiled(b.program(), in);
  CHECK(again.at("sum") == std::vector<double>(4, 2));
  CHECK(again.at("turned") == std::vector<double>(4, 5));
  cpu::register_kernels(added, {.loop = cpu::formula_loop<Total<2>>()});
  CHECK(run_compiled(b.program(), in).at("sum") ==
        evaluate(b.program(), in, {.precision = Precision::float32}).at("sum"));
}

TEST_CASE("kernels are registered and looked up from several threads") {
  static const Elementwise<Total<3>> mine("mine");
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([] {
      for (int i = 0; i < 500; ++i) {
        cpu::register_kernels(mine, {.loop = cpu::formula_loop<Total<3>>()});
        (void)cpu::kernels_of(matmul_primitive());
      }
    });
  threads.clear();
  CHECK((cpu::kernels_of(mine).loop.f32 != nullptr));
  CHECK((cpu::kernels_of(matmul_primitive()).product != nullptr));
}

TEST_SUITE_END();
