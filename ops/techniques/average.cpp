#include "ops/techniques/average.h"

#include <fmt/format.h>

#include "engine/graph/formula_view.h"
#include "engine/tensor/philox.h"
#include "ops/checks.h"
#include "ops/primitives/arithmetic.h"

namespace ganflow {
namespace {

std::string average_name(const Network& network) { return network.name() + ".average"; }

// Starts a Variable as the one called `name` starts.
Initializer start_of(const std::string& name, const Initializer& initializer) {
  return [stream = stream_id(name), initializer](std::uint64_t seed, std::uint32_t,
                                                 std::span<double> out) {
    initializer(seed, stream, out);
  };
}

// Evaluation mode; Variables are state that starts as those of the network.
class Averages : public FormulaView {
 public:
  Averages(Formula& seen, std::string network) : FormulaView(seen), network_(std::move(network)) {}
  bool training() const override { return false; }
  Value variable(const std::string& name, Shape shape, Keep,
                 const Initializer& initializer) override {
    return FormulaView::variable(name, shape, Keep::state,
                                 start_of(network_ + "/" + scope() + name, initializer));
  }
  void assign(Value, Value) override {}
  void tap(const std::string&, Value, const TapText&) override {}
  void layer(const std::string&, ValueId, Value) override {}

 private:
  std::string network_;
};

}  // namespace

Value Average::operator()(Formula& f) const {
  const std::string prefix = network.name() + "/";
  const std::vector<VariableInfo> all = f.variables(prefix);
  if (all.empty())
    formula_error(f.builder(), fmt::format("network '{}' has no Variables yet: add the node after "
                                           "the first forward of it",
                                           network.name()));
  const Value keep =
      f.scalar("decay", decay, half_open(0, 1), "of the running average of the network");
  for (const VariableInfo& v : all) {
    const std::string name = v.name.substr(prefix.size());
    Value now, average;
    {
      const Formula::Scope scope(f, prefix);
      now = f.variable(name, v.shape, v.keep, v.initializer);
    }
    const Formula::Scope scope(f, average_name(network) + "/");
    average = f.variable(name, v.shape, Keep::state, start_of(v.name, v.initializer));
    f.assign(average, now + keep * (average - now));
  }
  return keep;
}

Network averaged(const Network& network) {
  return {average_name(network), [network](Formula& f, Value x, Value condition) {
            Averages view(f, network.name());
            return network.forward()(view, x, condition);
          }};
}

}  // namespace ganflow
