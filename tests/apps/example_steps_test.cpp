// The first critic gradients of two example apps, as they are composed there, against PyTorch
// float64 (tests/references/example_steps.py).
#include "tests/references/example_steps.h"

#include <doctest/doctest.h>
#include <ganflow/ganflow.h>

#include <cmath>

#include "engine/graph/graph_impl.h"
#include "engine/program/evaluate.h"
#include "engine/program/gradient.h"

namespace dragan {
#include "apps/dragan.cpp"
}
namespace r1 {
#include "apps/r1.cpp"
}

using namespace ganflow;
using namespace ganflow::test;

namespace {

constexpr std::uint64_t kSeed = 2024;

std::vector<double> normals(const std::string& name, Extent n, double scale = 1) {
  std::vector<double> values;
  for (std::uint64_t i = 0; i < static_cast<std::uint64_t>(n); i += 2)
    for (const double v : normal_pair(random_word(kSeed, stream_id(name), 0, i),
                                      random_word(kSeed, stream_id(name), 0, i + 1)))
      values.push_back(scale * v);
  values.resize(static_cast<std::size_t>(n));
  return values;
}

std::vector<double> parameter(const Slot& slot) {
  const Extent n = slot.type.shape.elements();
  if (slot.name.ends_with("w"))
    return normals(slot.name, n, std::sqrt(2.0 / static_cast<double>(slot.type.shape[0])));
  std::vector<double> values;
  for (std::uint64_t i = 0; i < static_cast<std::uint64_t>(n); ++i)
    values.push_back(0.2 * (uniform01(random_word(kSeed, stream_id(slot.name), 0, i)) - 0.5));
  return values;
}

// Outputs "loss" and, by the parameters of D that it depends on, "D/0/w", ...
Program first_step(const Graph& g, std::size_t phase) {
  Builder& b = g.impl().training.builder;
  const GraphObjective& objective = g.impl().phases[phase].objectives[0];
  std::vector<Value> parameters;
  std::vector<std::string> names;
  for (const VariableInfo& v : g.impl().variables)
    if (objective.parameters.contains(v.name)) {
      parameters.push_back(variable(b, v.name, {v.shape, DType::real}));
      names.push_back(v.name);
    }
  const Value loss(b, objective.value);
  const std::vector<Value> gradients = gradient(loss, parameters);
  output(b, "loss", loss);
  for (std::size_t i = 0; i < gradients.size(); ++i) output(b, names[i], gradients[i]);
  return without_dead_code(b.program());
}

void check(const Compose& compose, std::size_t phase, const ExampleStep& reference) {
  CAPTURE(reference.app);
  Graph g(reference.app);
  compose(g);
  const Program program = first_step(g, phase);
  Tensors bound;
  for (const Slot& slot : program.variables) bound[slot.name] = parameter(slot);
  for (const Slot& slot : program.inputs)
    bound[slot.name] = normals(slot.name, slot.type.shape.elements());
  for (const GraphScalar& s : g.impl().scalars) bound[s.name] = {s.schedule.at(0)};
  const Tensors y = evaluate(program, bound, {.precision = Precision::float64, .seed = kSeed});
  CHECK(y.at("loss")[0] == doctest::Approx(reference.loss).epsilon(1e-12));
  std::size_t next = 0;
  for (const Slot& slot : program.outputs) {
    if (slot.name == "loss") continue;
    const std::vector<double>& gradient = y.at(slot.name);
    CAPTURE(slot.name);
    if (std::ranges::all_of(gradient, [](double v) { return v == 0; })) continue;
    REQUIRE(next < reference.gradients.size());
    CHECK(summary_error(gradient, reference.gradients[next++], kSeed) < 1e-10);
  }
  CHECK(next == reference.gradients.size());
}

}  // namespace

TEST_SUITE("examples") {
  TEST_CASE("DRAGAN's and R1's first critic gradients equal PyTorch's") {
    REQUIRE(example_steps().size() == 2);
    check(dragan::compose, 0, example_steps()[0]);
    check(r1::lazily, 1, example_steps()[1]);
  }
}
