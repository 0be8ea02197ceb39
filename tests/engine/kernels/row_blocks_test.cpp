// Operands in blocks of rows: a concat of what lies elsewhere is read where its parts lie.
#include "engine/kernels/row_blocks.h"

#include <doctest/doctest.h>

#include <array>

#include "engine/cpu/executable.h"
#include "engine/error.h"
#include "engine/program/chain.h"
#include "engine/program/concat.h"
#include "engine/rewrite/rewrite.h"
#include "ops/primitives/primitives.h"
#include "support/compiled.h"
#include "support/launches.h"
#include "support/steps.h"

using namespace ganflow;
using namespace ganflow::kernels;
using namespace ganflow::test;

namespace {

// Real rows as they come, fake ones made of z: (4,5) and (3,5) times w (5,6).
Program real_and_fake(bool transposed = false) {
  Builder b;
  const Value real = input(b, "real", {{4, 5}}), z = input(b, "z", {{3, 5}});
  const Value rows = concat(std::array{real, tanh(z)});
  const Value y = transposed ? matmul(rows, input(b, "g", {{7, 6}}), true)
                             : matmul(rows, input(b, "w", {{5, 6}}));
  output(b, "y", y);
  return b.program();
}

const Launch& product(const Launches& launches) {
  for (const Launch& launch : launches.list)
    if (launch.kind == Launch::Kind::product) return launch;
  throw std::logic_error("no product");
}

int copies(const Launches& launches) {
  int n = 0;
  for (const Launch& launch : launches.list) n += launch.kind == Launch::Kind::copy;
  return n;
}

// Copies without blocks and with them; the results must be the same numbers.
std::pair<int, int> copies_either_way(const Program& program) {
  const Tensors in = random_inputs(program, 5);
  const auto run = [&](const Target& target) {
    const auto executable = cpu::compile_rewritten(program, {}, {}, target);
    return std::pair(executable->report().copies,
                     run_executable(*executable, program, in, {.repeat = 2}));
  };
  Target whole = cpu_side_by_side();
  whole.row_blocks = 1;
  const auto [copied, expected] = run(whole);
  const auto [apart, found] = run(cpu_side_by_side());
  CHECK(found == expected);
  return {copied, apart};
}

}  // namespace

TEST_SUITE_BEGIN("plan");

TEST_CASE("a product takes the rows of an input and computed ones where they lie") {
  for (const bool transposed : {false, true}) {
    Target target = side_by_side_target();
    const Program program = real_and_fake(transposed);
    const Launches launches = planned(program, target).launches;
    CHECK(faults(launches) == std::vector<std::string>{});
    CHECK(copies(launches) == 0);
    const Launch& launch = product(launches);
    REQUIRE(launch.blocks.size() == 2);
    CHECK(launch.blocks[0].place.space == Space::input);
    CHECK(launch.blocks[0].place.offset == 0);
    CHECK(launch.blocks[0].rows == 4);
    CHECK(launch.blocks[1].place.space == Space::arena);
    CHECK(launch.blocks[1].rows == 3);
    CHECK(launch.inputs[0].space == Space::none);
    target.row_blocks = 1;
    const Launches whole = planned(program, target).launches;
    CHECK(copies(whole) == 1);
    CHECK(product(whole).blocks.empty());
  }
}

TEST_CASE("a product with more blocks than the device takes gets them copied") {
  Builder b;
  std::vector<Value> parts;
  for (const char* name : {"p", "q", "r", "s", "t"}) parts.push_back(input(b, name, {{2, 5}}));
  output(b, "y", matmul(concat(parts, 0), input(b, "w", {{5, 6}})));
  Target target = side_by_side_target();
  CHECK(copies(planned(b.program(), target).launches) == 5);
  target.row_blocks = 5;
  const Launches launches = planned(b.program(), target).launches;
  CHECK(copies(launches) == 0);
  CHECK(product(launches).blocks.size() == 5);
}

TEST_CASE("slices of a part: a block begins where its rows do") {
  Builder b;
  const Value x = input(b, "x", {{6, 5}}), y = input(b, "y", {{4, 5}});
  const Value rows = concat(std::array{slice(x, 0, 2, 5), slice(y, 0, 1, 3)});
  output(b, "z", matmul(rows, input(b, "w", {{5, 6}})));
  const Launch launch = product(planned(b.program(), side_by_side_target()).launches);
  REQUIRE(launch.blocks.size() == 2);
  CHECK(launch.blocks[0].place.offset == 2 * 5 * 4);
  CHECK(launch.blocks[0].rows == 3);
  CHECK(launch.blocks[1].place.offset == 1 * 5 * 4);
  CHECK(launch.blocks[1].rows == 2);
}

TEST_CASE("columns of several tensors in one tape, without a copy, to the bit") {
  Builder b;
  std::vector<Value> columns;
  for (const char* name : {"p", "q", "r"})
    columns.push_back(slice(input(b, name, {{4, 3}}), 1, 1, 2));
  columns.push_back(full(b, {2, 1}, 0.5));
  const Value all = concat(columns, 0);  // (14,1)
  const Value x = input(b, "x", {{14, 6}});
  output(b, "y", tanh(x * broadcast_rows(reshape(all, {14}), x)));
  CHECK(copies_either_way(b.program()) == std::pair(4, 0));
}

TEST_CASE("a column of some rows of several tensors in one tape, without a copy, to the bit") {
  Builder b;
  std::vector<Value> parts;
  for (const char* name : {"p", "q", "r"}) parts.push_back(input(b, name, {{4, 3}}));
  const Value some = slice(slice(concat(parts, 0), 0, 2, 11), 1, 1, 2);  // (9,1)
  const Value x = input(b, "x", {{9, 6}});
  output(b, "y", tanh(x * broadcast_rows(reshape(some, {9}), x)));
  CHECK(copies_either_way(b.program()) == std::pair(3, 0));
}

TEST_CASE("chained steps planned side by side and in blocks equal the CPU's, to the bit") {
  const StepCase c = toy().shrunk();
  const Program critic = critic_step(c), generator = generator_step(c);
  const Program program = rewrite(
      chain(
          std::vector<Occurrence>{{&critic, {{0, 0}}}, {&critic, {{0, 1}}}, {&generator, {{1, 0}}}},
          {"data"})
          .program);
  const Tensors in = step_inputs(program, 11);
  const RunOptions run{.compile = {}, .repeat = 2, .later_steps = {3}};
  Target whole = cpu_side_by_side();
  whole.row_blocks = 1;
  whole.side_by_side = false;
  const auto executable = cpu::compile_rewritten(program, {}, {}, cpu_side_by_side());
  const auto usual = cpu::compile_rewritten(program, {}, {}, whole);
  CHECK(usual->report().copies > 10);
  CHECK(executable->report().copies == 0);
  CHECK(run_executable(*executable, program, in, run) == run_executable(*usual, program, in, run));
}

TEST_CASE("the CPU takes a product's operand in one piece") {
  Target target = cpu::target();
  target.row_blocks = 4;
  CHECK_THROWS_WITH_AS(cpu::compile_rewritten(real_and_fake(), {}, {}, target),
                       "matmul of 2 blocks of rows, the CPU takes one", Error);
}

TEST_SUITE_END();
