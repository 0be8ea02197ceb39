#include "ops/optimizers/restart.h"

#include <fmt/format.h>

#include <map>

#include "engine/graph/formula_view.h"
#include "engine/program/affine.h"
#include "ops/layers/initializers.h"
#include "ops/primitives/broadcast.h"
#include "ops/primitives/compare.h"

namespace ganflow {
namespace {

// State reads as 0 where `same` is 0; what is assigned to it is passed on.
class Restarted : public FormulaView {
 public:
  Restarted(Formula& f, Value same) : FormulaView(f), same_(same) {}

  Value variable(const std::string& name, Shape shape, Keep keep,
                 const Initializer& initializer) override {
    const Value state = FormulaView::variable(name, shape, keep, initializer);
    if (keep != Keep::state) return state;
    const Value read = select(broadcast_to(same_, shape), state, 0.0);
    states_[read.id()] = state;
    return read;
  }
  void assign(Value variable, Value value) override {
    const auto found = states_.find(variable.id());
    FormulaView::assign(found == states_.end() ? variable : found->second, value);
  }

 private:
  Value same_;
  std::map<ValueId, Value> states_;
};

}  // namespace

Optimizer restarting(Optimizer optimizer, Scalar restarts) {
  std::string kind = fmt::format("restarting({})", optimizer.kind());
  return {std::move(kind),
          [optimizer = std::move(optimizer), restarts = std::move(restarts)](
              Formula& f, const std::string& name, Value parameter, Value gradient) {
            const Value now = f.scalar("restarts", restarts);
            const Value before = f.variable(name + "/restarts", {}, Keep::state, init::constant(0));
            f.assign(before, affine(now, 1, 0));
            Restarted view(f, equal(now, before));
            return optimizer(view, name, parameter, gradient);
          }};
}

}  // namespace ganflow
