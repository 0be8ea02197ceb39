#include "engine/cpu/executable.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "engine/cpu/profile.h"
#include "engine/device/denormals.h"
#include "engine/device/executable.h"
#include "engine/program/affine.h"
#include "engine/program/concat.h"
#include "engine/program/leaves.h"
#include "support/allocations.h"
#include "support/compiled.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

// Both precisions, three runs each, against the interpreter in float64.
void check_compiled(const Program& program, double tolerance32 = 1e-6) {
  const Tensors inputs = random_inputs(program, 7);
  const Tensors wanted = evaluate(program, inputs, {.seed = 3, .step = 5});
  for (const Precision precision : {Precision::float64, Precision::float32}) {
    RunOptions run{{}, 3, 5, 3};
    run.compile.precision = precision;
    const Tensors got = run_compiled(program, inputs, run);
    CHECK(distance(got, wanted) <= (precision == Precision::float64 ? 1e-12 : tolerance32));
  }
}

}  // namespace

TEST_SUITE_BEGIN("cpu");

TEST_CASE("a program of elementwise operations, views and moves equals the interpreter") {
  Builder b;
  const Value x = input(b, "x", {{37, 21}}), y = input(b, "y", {{37, 21}});
  const Value z = affine(add(x, y), 3, -1);
  const Value rows = slice(z, 0, 5, 20), columns = slice(z, 1, 3, 9);
  output(b, "rows", affine(rows, 2, 1));
  output(b, "columns", columns);
  output(b, "padded", pad(columns, 1, 2, 1));
  const std::vector<Value> parts{rows, x, full(b, {2, 21}, 4)};
  output(b, "joined", concat(parts));
  output(b, "same", x);
  check_compiled(b.program());
}

TEST_CASE("every reader of a variable sees the value before the step") {
  Builder b;
  const Value v = variable(b, "v", {{50}}), w = variable(b, "w", {{50}});
  const Value x = input(b, "x", {{50}});
  const Value next = affine(add(v, x), 0.5, 0);
  assign(b, v, next);
  assign(b, w, v);
  output(b, "old", v);
  output(b, "change", add(next, affine(v, -1, 0)));
  check_compiled(b.program());
}

TEST_CASE("variables may exchange their values") {
  Builder b;
  const Value v = variable(b, "v", {{3, 5}}), w = variable(b, "w", {{3, 5}});
  assign(b, v, w);
  assign(b, w, v);
  check_compiled(b.program());
}

TEST_CASE("the allocation counter counts") {
  const std::uint64_t before = allocations();
  const auto p = std::make_unique<int>(3);
  CHECK(*p == 3);
  CHECK(allocations() - before == (kCountsAllocations ? 1 : 0));
}

TEST_CASE("scalars and empty tensors compile") {
  Builder b;
  const Value s = input(b, "s", {});
  const Value e = input(b, "e", {{0, 4}});
  output(b, "s2", affine(s, 2, 0));
  output(b, "e2", affine(e, 2, 0));
  check_compiled(b.program());
}

TEST_CASE("a profile has a line for every call") {
  Builder b;
  const Value x = input(b, "x", {{40}});
  output(b, "same", x);  // a copy
  output(b, "y", affine(x, 2, 1));
  const auto executable = cpu::compile(b.program(), {});
  std::vector<float> from(64, 1), same(64), y(64);
  std::vector<std::byte> arena(executable->arena_bytes() + 64);
  const auto bytes = [](std::vector<float>& v) { return reinterpret_cast<std::byte*>(v.data()); };
  const std::byte* inputs[] = {bytes(from)};
  std::byte* outputs[] = {bytes(same), bytes(y)};
  const std::string text = cpu::profile(*executable, {arena.data(), nullptr, inputs, outputs}, 2);
  CHECK(std::count(text.begin(), text.end(), '\n') == 2);
  CHECK(text.find("affine") != std::string::npos);
  CHECK(y[39] == 3);
}

TEST_CASE("denormals are flushed while the guard lives") {
  volatile float tiny = 1e-38f;
  {
    const FlushDenormals guard;
    CHECK(tiny * 0.1f == 0.0f);
  }
  CHECK(tiny * 0.1f != 0.0f);
}

TEST_SUITE_END();
