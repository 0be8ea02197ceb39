#include "ops/optimizers/shared.h"

#include <fmt/format.h>

#include "engine/graph/formula_view.h"
#include "ops/checks.h"

namespace ganflow {
namespace {

// Scalars without a name are the optimizer's, not the step's.
class Named : public FormulaView {
 public:
  Named(Formula& f, const std::string& name) : FormulaView(f), name_(name) {}

  Value scalar(const std::string& option, const Scalar& value, const Range& range,
               const std::string& help) override {
    const Scalar named{value.name.empty() ? name_ + "." + option : value.name, value.schedule};
    return FormulaView::scalar(option, named, range, help);
  }

 private:
  std::string name_;
};

}  // namespace

Optimizer shared(const std::string& name, Optimizer optimizer) {
  const auto call = [=](Formula& f, const std::string& parameter, Value value, Value gradient) {
    if (name.empty() || name.find_first_of("/.") != name.npos)
      formula_error(f.builder(),
                    fmt::format("shared: the optimizer is named '{}', its name becomes part of "
                                "paths and options: give it one without '/' and '.'",
                                name));
    Named view(f, name);
    const Formula::Scope scope(view, name + "/");
    return optimizer(view, parameter, value, gradient);
  };
  return {fmt::format("shared({})", optimizer.kind()), call};
}

}  // namespace ganflow
