#include "graphs/papers/numbers.h"

#include "ops/layers/initializers.h"
#include "ops/metrics/parameters.h"
#include "ops/primitives/arithmetic.h"

namespace ganflow {

Value number(Formula& f, const std::string& name, double start) {
  return f.variable(name, {}, Keep::parameter, init::values({start}));
}

void tap_numbers(Graph& g, Phase phase, const std::string& column, const Network& network,
                 const SeenNumbers& value, const std::string& description) {
  const auto now = [=](Formula& f) {
    std::vector<Value> numbers;
    for (const NamedParameter& p : parameters_of(f, network)) numbers.push_back(p.value);
    return value(numbers);
  };
  const Port port = g.add(column + "_now", now);
  phase.also(port);
  g.tap(column, port, {.description = description});
}

SeenNumbers number_at(std::size_t i) {
  return [i](const std::vector<Value>& numbers) { return numbers[i] * 1.0; };
}

}  // namespace ganflow
