// Chained programs: the phases run one after the other, in the interpreter to the bit.
#include "engine/program/chain.h"

#include <doctest/doctest.h>

#include "engine/error.h"
#include "ops/primitives/primitives.h"
#include "support/compiled.h"
#include "support/image_steps.h"
#include "support/norm_steps.h"
#include "support/steps.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

// Five critic steps by clock 0, a generator step by clock 1: chained, and one after the other.
struct Macro {
  explicit Macro(const StepCase& c) : critic(critic_step(c)), generator(generator_step(c)) {
    for (std::uint32_t j = 0; j < 5; ++j) occurrences.push_back({&critic, {{0, j}}});
    occurrences.push_back({&generator, {{1, 0}}});
    chained = chain(occurrences, {"data"});
    in = step_inputs(chained.program, 11);
  }
  Macro(const Macro&) = delete;  // occurrences point to its programs

  // What `run` (program, tensors, step) makes of the occurrences, named as the chain names it.
  template <class Run>
  Tensors one_by_one(Run run) const;

  Program critic, generator;
  std::vector<Occurrence> occurrences;
  Chain chained;
  Tensors in;
};

template <class Run>
Tensors Macro::one_by_one(Run run) const {
  Tensors results, now = in;
  for (std::size_t j = 0; j < occurrences.size(); ++j) {
    const Program& program = *occurrences[j].program;
    for (std::size_t i = 0; i < program.inputs.size(); ++i)
      now[program.inputs[i].name] = now.at(chained.program.inputs[chained.inputs[j][i]].name);
    for (const auto& [name, value] : run(program, now, j < 5 ? 2 + j : 7)) {
      std::size_t slot = 0;
      while (slot < program.outputs.size() && program.outputs[slot].name != name) ++slot;
      if (slot < program.outputs.size())
        results[chained.program.outputs[chained.outputs[j][slot]].name] = value;
      else
        now[name] = value;
    }
  }
  for (const Output& r : chained.program.results)
    if (r.assign) {
      const std::string& name = chained.program.variables[r.slot].name;
      results[name] = now.at(name);
    }
  return results;
}

std::vector<StepCase> cases() {
  const ImageWidths small{.size = 8, .channels = {5, 7}, .noise = 6, .kernel = 3, .batch = 3};
  return {thesis().shrunk(), thesis().with(Loss::minimax).shrunk(),
          mnist().shrunk(),  toy().shrunk(),
          dcgan(small),      spectral_critic(mnist().shrunk())};
}

Program scaled(Extent rows, bool index = false) {
  Builder b;
  const Value w = variable(b, "w", {{rows}});
  if (index) input(b, "x", {{rows}, DType::index});
  const Value x = index ? w : input(b, "x", {{rows}});
  output(b, "y", w * x);
  assign(b, w, w + x);
  return b.program();
}

}  // namespace

TEST_SUITE_BEGIN("program");

TEST_CASE("a chained macro-iteration is its phases one after the other, bit for bit in double") {
  for (const StepCase& c : cases()) {
    CAPTURE(c.name);
    const Macro macro(c);
    const Tensors whole =
        evaluate(macro.chained.program, macro.in, {.seed = 1, .step = 2, .later_steps = {7}});
    const Tensors apart =
        macro.one_by_one([](const Program& p, const Tensors& t, std::uint64_t step) {
          return evaluate(p, t, {.seed = 1, .step = step});
        });
    REQUIRE(whole.size() == apart.size());
    for (const auto& [name, value] : apart) {
      CAPTURE(name);
      CHECK(whole.at(name) == value);
    }
  }
}

TEST_CASE("a chained macro-iteration compiled equals its compiled phases within rounding") {
  for (const StepCase& c : cases()) {
    CAPTURE(c.name);
    const Macro macro(c);
    for (const auto& [precision, tolerance] :
         {std::pair{Precision::float64, 1e-10}, std::pair{Precision::float32, 2e-2}}) {
      const RunOptions run{.compile = {.precision = precision},
                           .seed = 1,
                           .step = 2,
                           .repeat = 2,
                           .later_steps = {7}};
      const Tensors apart = macro.one_by_one([&](const Program& p, const Tensors& t,
                                                 std::uint64_t step) {
        return run_compiled(p, t, {.compile = {.precision = precision}, .seed = 1, .step = step});
      });
      CHECK(relative_distance(run_compiled(macro.chained.program, macro.in, run), apart) <=
            tolerance);
    }
  }
}

TEST_CASE("occurrences draw their own numbers, shared inputs are one slot") {
  Builder b;
  const Value k = input(b, "k", {{6}}), m = input(b, "m", {{6}});
  output(b, "y", random(b, RandomKind::uniform, {6}, 3) * k + m);
  const Occurrence first{&b.program(), {{.clock = 1, .offset = 2}}},
      second{&b.program(), {{.clock = 0, .offset = 5}}};
  const Chain c = chain(std::vector{first, second}, {"k"});
  CHECK(c.program.inputs.size() == 3);
  CHECK(c.inputs[0][0] == c.inputs[1][0]);
  CHECK(c.program.inputs[c.inputs[1][0]].name == "k");
  CHECK(c.program.inputs[c.inputs[1][1]].name == "m#1");
  const Tensors in{{"k", std::vector<double>(6, 1)},
                   {"m#0", std::vector<double>(6, 0)},
                   {"m#1", std::vector<double>(6, 0)}};
  const Tensors y = evaluate(c.program, in, {.seed = 4, .step = 10, .later_steps = {20}});
  const auto drawn = [&](std::uint64_t step) {
    return evaluate(b.program(), {{"k", in.at("k")}, {"m", in.at("m#0")}},
                    {.seed = 4, .step = step})
        .at("y");
  };
  CHECK(y.at("y#0") == drawn(22));
  CHECK(y.at("y#1") == drawn(15));
  // A chain of chains: offsets add up, clocks are those of the outer chain.
  const Occurrence both{&c.program, {{0, 0}, {0, 100}}};
  const Chain twice = chain(std::vector{both}, {"k"});
  Tensors outer{{"k", in.at("k")}, {"m#0#0", in.at("m#0")}, {"m#1#0", in.at("m#1")}};
  CHECK(evaluate(twice.program, outer, {.seed = 4, .step = 10}).at("y#0#0") == drawn(112));
}

TEST_CASE("a Variable flows on and is assigned once, by the last occurrence that assigns it") {
  const Program p = scaled(2);
  const Chain c = chain(std::vector<Occurrence>{{&p}, {&p}, {&p}});
  int assigned = 0;
  for (const Output& r : c.program.results) assigned += r.assign;
  CHECK(assigned == 1);
  const Tensors y =
      evaluate(c.program, {{"w", {1, 2}}, {"x#0", {1, 1}}, {"x#1", {2, 2}}, {"x#2", {3, 3}}});
  CHECK(y.at("y#0") == std::vector<double>{1, 2});
  CHECK(y.at("y#1") == std::vector<double>{4, 6});
  CHECK(y.at("y#2") == std::vector<double>{12, 15});
  CHECK(y.at("w") == std::vector<double>{7, 8});
}

TEST_CASE("chains of what does not fit") {
  const Program two = scaled(2), three = scaled(3), indexed = scaled(2, true);
  CHECK_THROWS_WITH_AS(
      chain(std::vector<Occurrence>{{&two}, {&three}}),
      "chain: variable w is real (3) in occurrence 1 and real (2) before: one slot has one type",
      Error);
  CHECK_THROWS_WITH_AS(
      chain(std::vector<Occurrence>{{&two}, {&indexed}}, {"x"}),
      "chain: input x is index (2) in occurrence 1 and real (2) before: one slot has one type",
      Error);
  CHECK_THROWS_WITH_AS(
      chain(std::vector<Occurrence>{{&two}}, {"xx"}),
      "chain: no occurrence has an input xx to share; did you mean 'x'? there are: x", Error);
  Builder b;
  output(b, "u", random(b, RandomKind::uniform, {2}, 1));
  CHECK_THROWS_WITH_AS(chain(std::vector<Occurrence>{{&b.program(), {}}}),
                       "chain: occurrence 0 draws by clock 0, 0 are given: say when", Error);
  const Chain late = chain(std::vector<Occurrence>{{&b.program(), {{.clock = 2}}}});
  CHECK_THROWS_WITH_AS(evaluate(late.program, {}),
                       "evaluate: %0 draws by clock 2, 1 have a step: give later_steps", Error);
}

TEST_SUITE_END();
