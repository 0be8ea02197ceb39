// The fast convolutions against the reference, whole programs with epilogues included.
#include "ops/primitives/cpu/conv.h"

#include <doctest/doctest.h>

#include "engine/cpu/executable.h"
#include "engine/program/gradient.h"
#include "engine/rewrite/rewrite.h"
#include "ops/primitives/primitives.h"
#include "support/compiled.h"
#include "tests/support/gradient_check.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

struct Geometry {
  Shape x, kernels;
  Window window;
};

// Chunks of several images and a last one that is smaller; channels below, between and beyond a
// panel; few channels (columns); pixels that no kernel meets; kernels smaller than the stride.
std::vector<Geometry> geometries() {
  return {{{3, 3, 9, 8}, {20, 3, 5, 5}, same_window(9, 8, 5, 5, 2)},
          {{2, 1, 12, 11}, {16, 1, 4, 4}, padded(1, 2)},
          {{5, 16, 8, 8}, {33, 16, 3, 3}, padded(1)},
          {{5, 20, 7, 9}, {8, 20, 3, 2}, {2, 0, 1, 2, 0}},
          {{70, 48, 4, 4}, {16, 48, 3, 3}, padded(1)},
          {{2, 32, 5, 5}, {64, 32, 1, 1}, {.stride = 2}},
          {{2, 5, 10, 10}, {17, 5, 2, 2}, {.stride = 3}},
          {{4, 24, 6, 6}, {24, 24, 6, 6}, {}},
          {{0, 3, 6, 6}, {4, 3, 3, 3}, {}}};
}

Program program_of(const Geometry& g, bool epilogue) {
  Builder builder;
  const Value x = input(builder, "x", {g.x}), k = input(builder, "k", {g.kernels});
  Value y = conv2d(x, k, g.window);
  if (epilogue) {
    const Value bias = input(builder, "bias", {{g.kernels[0]}});
    y = tanh(y + broadcast(bias, {0, 2, 3}, {g.x[0], y.shape()[2], y.shape()[3]}));
  }
  output(builder, "y", y);
  const Value c = input(builder, "c", {y.shape()});
  const std::vector<Value> slopes = gradient(sum(y * c), std::vector{x, k});
  output(builder, "dx", slopes[0]);
  output(builder, "dk", epilogue ? tanh(slopes[1]) : slopes[1]);
  return builder.program();
}

}  // namespace

TEST_SUITE_BEGIN("primitives");

TEST_CASE("fast convolutions equal the reference") {
  for (const Geometry& g : geometries())
    for (const bool epilogue : {false, true}) {
      CAPTURE(g.x.str());
      CAPTURE(g.kernels.str());
      CAPTURE(epilogue);
      const Program program = program_of(g, epilogue);
      const Tensors in = random_inputs(program, 3);
      const Tensors wanted = evaluate(program, in);
      RunOptions run;
      run.repeat = 2;
      run.compile.precision = Precision::float64;
      // Sums of up to 900 products of numbers below 1: the order of additions alone.
      CHECK(distance(run_compiled(program, in, run), wanted) <= 1e-12);
      run.compile.precision = Precision::float32;
      // The same sums in float, 6e-8 times some ten.
      CHECK(distance(run_compiled(program, in, run), wanted) <= 2e-5);
    }
}

TEST_CASE("a compiled convolution moves its images once") {
  const Program program = program_of(geometries()[2], true);
  const Program arranged = rewrite(program);
  int moves = 0;
  for (const Node& node : arranged.nodes) moves += node.primitive == &permute_primitive();
  CHECK(moves == 4);  // x and c come in, y and dx go out
  CHECK(cpu::compile(program, {})->report().products == 3);
}

TEST_SUITE_END();
