#include "ops/techniques/feature_matching.h"

#include <fmt/ranges.h>

#include "engine/graph/formula_view.h"
#include "ops/checks.h"
#include "ops/layers/normalize.h"
#include "ops/primitives/arithmetic.h"
#include "ops/primitives/math.h"
#include "ops/primitives/reduce.h"

namespace ganflow {
namespace {

class Find : public FormulaView {
 public:
  Find(Formula& seen, std::string wanted) : FormulaView(seen), wanted_(std::move(wanted)) {}
  void layer(const std::string& name, ValueId, Value y) override {
    names_.push_back(scope() + name);
    if (names_.back() == wanted_) found_ = y;
  }
  Value found() const { return found_; }
  const std::vector<std::string>& names() const { return names_; }

 private:
  std::string wanted_;
  std::vector<std::string> names_;
  Value found_;
};

}  // namespace

Value Features::operator()(Formula& f, Value x, Value condition) const {
  Find find(f, network.name() + "/" + layer);
  network(find, x, condition);
  if (!find.found())
    formula_error(f.builder(), fmt::format("network '{}' has no layer '{}', there are: {}",
                                           network.name(), layer, fmt::join(find.names(), ", ")));
  return find.found();
}

Value FeatureMatching::operator()(Formula&, Value real, Value fake) const {
  if (!(real.shape().without(0) == fake.shape().without(0)))
    require_equal_shapes("real", real, "fake", fake);
  const Value distance = sum(square(mean_over(real, 1) - mean_over(fake, 1)));
  return squared ? distance : sqrt(distance + 1e-12);
}

}  // namespace ganflow
