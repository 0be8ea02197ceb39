// The planner's promises, each broken once: the numbers and the checker of launches must show it.
#include "engine/kernels/plan.h"

#include <doctest/doctest.h>

#include "engine/cpu/executable.h"
#include "engine/cpu/target.h"
#include "engine/kernels/buffers.h"
#include "engine/rewrite/rewrite.h"
#include "ops/primitives/primitives.h"
#include "support/compiled.h"
#include "support/launches.h"

using namespace ganflow;
using namespace ganflow::kernels;
using namespace ganflow::test;

namespace {

double error_with(const Program& program, const PlanOptions& planning) {
  CompileOptions compile;
  compile.precision = Precision::float64;
  const auto executable = cpu::compile_rewritten(program, compile, planning);
  const Tensors in = random_inputs(program, 3);
  RunOptions run;
  run.compile = compile;
  return distance(run_executable(*executable, program, in, run), evaluate(program, in));
}

void check_fault(const Program& program, bool PlanOptions::*promise) {
  PlanOptions broken;
  broken.*promise = false;
  CHECK(error_with(program, {}) <= 1e-12);
  CHECK_FALSE(error_with(program, broken) <= 1e-6);
  CHECK(faults(launches_of(program)) == std::vector<std::string>{});
  CHECK_FALSE(faults(launches_of(program, {.planning = broken})).empty());
}

Value tensor(Builder& b, const std::string& name, Shape shape) { return input(b, name, {shape}); }

int copies(const Program& program) {
  const Classified classified(program, cpu::target());
  return make_plan(classified, form_kernels(classified, true), Precision::float32).copies;
}
std::size_t arena(const Program& program, bool coalesce = true) {
  const Classified classified(program, cpu::target());
  return make_plan(classified, form_kernels(classified, true), Precision::float32,
                   {.coalesce = coalesce})
      .arena_bytes;
}

}  // namespace

TEST_SUITE_BEGIN("plan");

TEST_CASE("a metric that reads a variable after its update sees the old value") {
  Builder b;
  const Value w = variable(b, "w", {{6, 6}}), x = tensor(b, "x", {6, 6});
  assign(b, w, w - tanh(x));
  output(b, "metric", sum(matmul(matmul(x, x), x) * w));
  check_fault(b.program(), &PlanOptions::anti_dependences);
}

TEST_CASE("an update whose kernel reads the variable as a product's operand is buffered") {
  Builder b;
  const Value w = variable(b, "w", {{6, 6}}), x = tensor(b, "x", {6, 6});
  assign(b, w, w - matmul(w, x));
  // The same memory is wanted once more before the step ends.
  Value y = exp(matmul(x, x));
  for (int i = 0; i < 4; ++i) y = matmul(y, x);
  output(b, "y", sum(y));
  check_fault(b.program(), &PlanOptions::double_buffer_to_end);
}

TEST_CASE("live values do not overlap") {
  Builder b;
  const Value x = tensor(b, "x", {4, 8}), w = tensor(b, "w", {8, 8});
  const Value a = exp(x), d = matmul(sin(x), w), shared = cos(x);
  const Value one = concat(std::vector{a, shared}), two = concat(std::vector{d, shared});
  output(b, "y", matmul(matmul(two, w), w) + matmul(one, w));
  check_fault(b.program(), &PlanOptions::interference);
}

TEST_CASE("uses are known per block of rows") {
  Builder b;
  const Value x = tensor(b, "x", {4, 8}), w = tensor(b, "w", {8, 8});
  const Value one = concat(std::vector{exp(x), cos(x)});
  const Value early = matmul(one, w);
  Value y = early;
  for (int i = 0; i < 3; ++i) y = matmul(y, w);
  output(b, "y", matmul(slice(one, 0, 4, 8), w) + slice(y, 0, 0, 4));
  output(b, "late", matmul(slice(one, 0, 4, 8) + slice(y, 0, 4, 8), w));
  check_fault(b.program(), &PlanOptions::track_rows);
}

TEST_CASE("reading a concat keeps its parts alive") {
  Builder b;
  const Value x = tensor(b, "x", {4, 8}), w = tensor(b, "w", {8, 8});
  const Value one = concat(std::vector{exp(x), cos(x)});
  Value y = matmul(x, w);
  for (int i = 0; i < 3; ++i) y = matmul(y, w);
  output(b, "y", matmul(one, matmul(y, y, true)));
  check_fault(b.program(), &PlanOptions::places_keep_parts);
}

TEST_CASE("parts of a concat are computed in place, dead rows are used again") {
  Builder b;
  const Value x = tensor(b, "x", {4, 8}), w = tensor(b, "w", {8, 8});
  const Value hat = exp(x), fake = cos(x), real = sin(x);
  const Value h = matmul(concat(std::vector{hat, fake, real}), w);
  // v's rows are those of hat, which nobody reads any more.
  const Value v = matmul(slice(h, 0, 0, 4), w);
  output(b, "y", matmul(concat(std::vector{v, fake, real}), w));
  CHECK(copies(b.program()) == 0);
  CHECK(error_with(b.program(), {}) <= 1e-12);
}

TEST_CASE("a part that is an input or a variable is copied") {
  Builder b;
  const Value x = tensor(b, "x", {4, 8}), w = variable(b, "w", {{4, 8}});
  assign(b, w, w + x);
  output(b, "y", matmul(concat(std::vector{exp(x), x, w}), w, false, true));
  CHECK(copies(b.program()) == 2);
  CHECK(error_with(b.program(), {}) <= 1e-12);
}

TEST_CASE("elementwise results take the place of operands that die") {
  Builder b;
  const Value x = tensor(b, "x", {64, 64});
  const Value y = matmul(x, x);
  // Read twice by a kernel by rows, whose result goes where y was.
  output(b, "y", sum(y * broadcast_rows(row_sums(y), y), {0}));
  CHECK(arena(b.program()) < arena(b.program(), false));
  CHECK(error_with(b.program(), {}) <= 1e-12);
}

TEST_CASE("pieces of a leaf follow its readers") {
  Leaf leaf{4, 10, 5, {}, {}};
  leaf.uses = {{9, 0, 4, {}}, {7, 2, 10, {}}};
  const auto pieces = pieces_of(leaf, {});
  REQUIRE(pieces.size() == 3);
  for (const Piece& piece : pieces) REQUIRE(piece.last.size() == 1);
  CHECK(pieces[0].last[0].time == 9);
  CHECK(pieces[1].last[0].time == 9);
  CHECK(pieces[2].last[0].time == 7);
}

TEST_SUITE_END();
