#include "ops/penalties/gradient_penalty.h"

#include "engine/error.h"
#include "engine/flow/formula_view.h"
#include "engine/program/coupling.h"
#include "ops/checks.h"
#include "ops/primitives/arithmetic.h"
#include "ops/primitives/math.h"
#include "ops/primitives/reduce.h"

namespace ganflow {

namespace {

// Remembers the layers that are traced through it.
class Watch : public FormulaView {
 public:
  using FormulaView::FormulaView;
  void layer(const std::string& name, ValueId begin, Value y) override {
    layers_.push_back({scope() + name, begin, y.id()});
  }
  std::string of(ValueId id) const {  // the innermost, with a blank in front
    for (const auto& [name, begin, end] : layers_)
      if (begin <= id && id <= end) return " in layer '" + name + "'";
    return "";
  }

 private:
  struct Range {
    std::string name;
    ValueId begin, end;
  };
  std::vector<Range> layers_;
};

}  // namespace

Value GradientPenalty::operator()(Formula& f, Value real, Value fake, Value condition) const {
  require_equal_shapes("real", real, "fake", fake);
  if (!(target >= 0))
    formula_error(f.builder(), fmt::format("target is {}, it must be at least 0", target));
  const Value x = measure(f, real, fake);
  Watch watch(f);
  const Value score = critic(watch, x, condition);
  if (const auto mixing = row_coupling(score, x); mixing && !coupled)
    formula_error(
        f.builder(),
        fmt::format("the critic mixes the samples of a batch{} ({} {}), so a score has no "
                    "slope of its own; take LayerNorm instead of BatchNorm, or force it "
                    "with .coupled = true",
                    watch.of(*mixing), f.builder().node(*mixing).primitive->name(),
                    f.builder().type(*mixing).shape.str()));
  const Value slope = gradient(sum(score), x);
  const Value squared = row_sums(square(slope));
  const Value norm = sqrt(squared + 1e-12);
  f.tap("gradient_norm", norm);
  const Value excess = target == 0 ? squared : square(norm - target);
  return f.scalar("lambda", lambda) * mean(excess);
}

}  // namespace ganflow
