#include "ops/techniques/gradient_flow.h"

#include <algorithm>
#include <map>
#include <utility>

#include "engine/graph/formula_view.h"
#include "engine/program/gradient.h"
#include "engine/program/leaves.h"
#include "ops/checks.h"
#include "ops/primitives/arithmetic.h"
#include "ops/primitives/reduce.h"

namespace ganflow {
namespace {

using Point = std::map<std::string, Value>;  // parameters by name; absent: as the step began

// What all looks at the losses share.
struct Look {
  std::map<std::pair<std::string, int>, std::uint32_t> streams = {};  // by draw and occurrence
  bool first = true;
};

// Networks as they are at a point.
class At : public FormulaView {
 public:
  At(Formula& seen, const Point& point, Look& look)
      : FormulaView(seen), point_(point), look_(look) {}

  Value variable(const std::string& name, Shape shape, Keep keep,
                 const Initializer& initializer) override {
    const Value leaf = FormulaView::variable(name, shape, keep, initializer);
    if (keep != Keep::parameter) return leaf;
    const std::string full = scope() + name;
    const auto moved = point_.find(full);
    return read_.emplace(full, moved == point_.end() ? leaf : moved->second).first->second;
  }
  std::uint32_t stream(const std::string& draw) override {
    const auto at = std::pair(draw, seen_[draw]++);
    const auto known = look_.streams.find(at);
    if (known != look_.streams.end()) return known->second;
    return look_.streams[at] = FormulaView::stream(draw);
  }
  void assign(Value variable, Value value) override {
    if (look_.first) FormulaView::assign(variable, value);
  }
  void tap(const std::string& name, Value value, const TapText& text) override {
    if (look_.first) FormulaView::tap(name, value, text);
  }
  void layer(const std::string& name, ValueId begin, Value y) override {
    if (look_.first) FormulaView::layer(name, begin, y);
  }
  const Point& read() const { return read_; }

 private:
  const Point& point_;
  Look& look_;
  Point read_;
  std::map<std::string, int> seen_;
};

class Flow {
 public:
  Flow(Formula& f, const GradientFlow& o, Value real, Value z)
      : f_(f), o_(o), real_(real), z_(z), h_(f.scalar("h", o.h, at_least(0), "length of a step")) {}

  Value along() {
    Point moved;
    if (o_.order == FlowOrder::simultaneous) {
      moved = direction({}, {o_.critic.name(), o_.generator.name()});
    } else {
      moved = direction({}, {o_.critic.name()});
      moved.merge(direction(shifted({}, moved, h_), {o_.generator.name()}));
    }
    Value total = full(f_.builder(), {}, 0);
    for (const auto& [name, k] : moved) total = total - sum(stop(k) * start_.at(name));
    return total;
  }

 private:
  using Players = std::vector<std::string>;

  Point direction(const Point& from, const Players& players) {
    const Point k1 = field(from, players);
    if (o_.method == FlowMethod::euler) return k1;
    const Point k2 = field(shifted(from, k1, h_ * 0.5), players);
    const Point k3 = field(shifted(from, k2, h_ * 0.5), players);
    const Point k4 = field(shifted(from, k3, h_), players);
    Point k;
    for (const auto& [name, v] : k1)
      k[name] = (v + k2.at(name) * 2.0 + k3.at(name) * 2.0 + k4.at(name)) / 6.0;
    return k;
  }

  // No loss has a slope through where its point came from.
  Point shifted(const Point& from, const Point& k, Value by) const {
    Point to = from;
    for (const auto& [name, v] : k) {
      const auto at = from.find(name);
      to[name] = (at == from.end() ? start_.at(name) : at->second) + stop(by * v);
    }
    return to;
  }

  // Minus the gradients of the losses of these players by their parameters.
  Point field(const Point& point, const Players& players) {
    At at(f_, point, look_);
    const auto [critic, generator] = o_.losses(at, real_, z_);
    if (look_.first) start_ = at.read();
    look_.first = false;
    Point field;
    for (const auto& [player, loss] :
         {std::pair(o_.critic.name(), critic), std::pair(o_.generator.name(), generator)}) {
      if (std::find(players.begin(), players.end(), player) == players.end()) continue;
      std::vector<std::string> names;
      std::vector<Value> parameters;
      for (const auto& [name, value] : at.read())
        if (name.starts_with(player + "/")) {
          names.push_back(name);
          parameters.push_back(value);
        }
      const std::vector<Value> slopes = gradient(loss, parameters);
      for (std::size_t i = 0; i < names.size(); ++i) field[names[i]] = -slopes[i];
    }
    return field;
  }

  Formula& f_;
  const GradientFlow& o_;
  Value real_, z_, h_;
  Look look_;
  Point start_;
};

}  // namespace

std::vector<std::pair<std::string, FlowMethod>> flow_methods() {
  return {{"euler", FlowMethod::euler}, {"rk4", FlowMethod::rk4}};
}

std::vector<std::pair<std::string, FlowOrder>> flow_orders() {
  return {{"simultaneous", FlowOrder::simultaneous}, {"alternating", FlowOrder::alternating}};
}

Value GradientFlow::operator()(Formula& f, Value real, Value z) const {
  if (!losses)
    formula_error(f.builder(), "losses is not set: give a function of the formula, data and noise");
  f.couples_samples();  // slopes by parameters that are no leaves
  return Flow(f, *this, real, z).along();
}

}  // namespace ganflow
