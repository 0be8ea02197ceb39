// A user's own product: registered for the CPU, with tiles from the last to the first.
#include <doctest/doctest.h>

#include "engine/cpu/executable.h"
#include "engine/cpu/table.h"
#include "engine/program/authoring.h"
#include "engine/rewrite/rewrite.h"
#include "engine/tensor/memory.h"
#include "ops/primitives/primitives.h"
#include "support/compiled.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

// y[i][j] = x[i] w[j], of (M) and (N).
struct Outer : Primitive {
  std::string_view name() const override { return "outer"; }
  TensorType type(Types in, const Attributes&) const override {
    require_inputs(name(), in, 2);
    return {{in[0].shape[0], in[1].shape[0]}};
  }
  Traits traits(Types, const Attributes&) const override {
    return {.role = Role::product, .multilinear = true};
  }
  double multiply_adds(Types in, const Attributes&) const override {
    return static_cast<double>(in[0].shape[0] * in[1].shape[0]);
  }
  struct Kernel {
    template <class T>
    static void run(const KernelCall& call) {
      const Extent n = call.node->shape()[1];
      for (Extent i = 0; i < call.node->shape().elements(); ++i)
        result<T>(call)[i] = operand<T>(call, 0)[i / n] * operand<T>(call, 1)[i % n];
    }
  };
  KernelPair reference() const override { return kernel_pair<Kernel>(); }
};

// One row a tile, the last one first.
template <class T>
struct OuterFromBelow : cpu::TiledProduct {
  OuterFromBelow(Extent m, Extent n) : m(m), n(n) {}
  std::size_t scratch_bytes() const override {
    return aligned(static_cast<std::size_t>(n) * sizeof(T));
  }
  std::vector<cpu::Phase> phases() const override { return {{m}}; }
  void run(const Run& of, int, cpu::Units units) const override {
    for (Extent i = units.end; i-- > units.begin;) {
      T* y = of.output ? static_cast<T*>(of.output) + i * n : static_cast<T*>(of.scratch);
      for (Extent j = 0; j < n; ++j)
        y[j] = static_cast<const T*>(of.inputs[0])[i] * static_cast<const T*>(of.inputs[1])[j];
      if (of.sink.take) of.sink.take(of.sink.context, {i, 0, 1, n, y, n});
    }
  }
  Extent m, n;
};

int made = 0;

std::unique_ptr<const cpu::TiledProduct> make(Types in, const Attributes&, Precision precision) {
  ++made;
  const Extent m = in[0].shape[0], n = in[1].shape[0];
  if (precision == Precision::float64) return std::make_unique<OuterFromBelow<double>>(m, n);
  return std::make_unique<OuterFromBelow<float>>(m, n);
}

const Primitive& outer() {
  static const Outer primitive;
  static const bool registered = (cpu::register_kernels(primitive, {.product = &make}), true);
  (void)registered;
  return primitive;
}

}  // namespace

TEST_SUITE_BEGIN("cpu");

// Was: an epilogue loaded its single numbers when the tile at (0, 0) came, which is the last here.
TEST_CASE("a user's own product takes an epilogue, its tiles in any order") {
  Builder b;
  const Value x = input(b, "x", {{5}}), w = input(b, "w", {{700}}), s = input(b, "s", {});
  const Value y = ganflow::apply(outer(), {x, w});
  output(b, "y", tanh(y * broadcast_to(s, {5, 700})) + broadcast_to(s, {5, 700}));
  output(b, "plain", ganflow::apply(outer(), {w, x}));
  made = 0;
  const auto executable = cpu::compile_rewritten(rewrite(b.program()), {}, {});
  CHECK(made == 2);  // was: each three times, to ask whether there is one and to count its work
  CHECK(executable->report().products == 2);
  CHECK(executable->report().kernels == 2);
  const Tensors in = random_inputs(b.program(), 8);
  const Tensors wanted = evaluate(b.program(), in);
  RunOptions run;
  run.repeat = 2;
  CHECK(distance(run_compiled(b.program(), in, run), wanted) <= 1e-6);
  run.compile.precision = Precision::float64;
  CHECK(distance(run_compiled(b.program(), in, run), wanted) <= 1e-14);
}

TEST_SUITE_END();
