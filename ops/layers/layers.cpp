#include "ops/layers/layers.h"

#include <algorithm>
#include <map>

#include "engine/error.h"
#include "engine/program/concat.h"
#include "ops/checks.h"
#include "ops/primitives/broadcast.h"
#include "ops/primitives/layout.h"

namespace ganflow {

Layers::Layers(std::vector<Layer> list) : list_(std::move(list)) {
  std::map<std::string, int> seen;
  for (const Layer& layer : list_)
    names_.push_back(layer.kind().empty() ? ""
                                          : layer.kind() + std::to_string(++seen[layer.kind()]));
}

bool Layers::conditional() const { return std::ranges::any_of(list_, &Layer::conditional); }

Value Layers::operator()(Formula& f, Value x, Value condition) const {
  if (condition && !conditional())
    formula_error(f.builder(),
                  "the network takes no condition: add Condition{} to its layers or remove that "
                  "input");
  if (!condition && conditional())
    formula_error(f.builder(), "the network is conditional: give it labels as another input");
  for (std::size_t i = 0; i < list_.size(); ++i) {
    const auto begin = static_cast<ValueId>(f.builder().program().nodes.size());
    if (names_[i].empty()) {
      x = list_[i](f, x, condition);
      continue;
    }
    {
      const Formula::Scope scope(f, names_[i] + "/");
      x = list_[i](f, x, condition);
    }
    f.layer(names_[i], begin, x);
  }
  return x;
}

Layers layers(std::vector<Layer> list) { return Layers(std::move(list)); }

Value Condition::operator()(Formula& f, Value x, Value condition) const {
  const Shape& to = x.shape();
  if (condition.shape().rank() != 2 || to.rank() < 2 || condition.rows() != to.rows())
    formula_error(f.builder(), fmt::format("condition: one row a sample is needed: x {}, condition "
                                           "{} [N,K]",
                                           to.str(), condition.shape().str()));
  Shape planes = to;
  planes[1] = condition.shape()[1];
  const std::int64_t inner = (std::int64_t{1} << to.rank()) - 4;
  const std::array parts{x, broadcast_axes(condition, inner, planes)};
  return concat(parts, 1);
}

Value flatten(Value x) { return reshape(x, {x.rows(), x.shape().row_elements()}); }

Value Unflatten::operator()(Formula& f, Value x) const {
  if (x.shape().row_elements() != item.elements())
    formula_error(f.builder(),
                  fmt::format("unflatten: {} has {} elements a row, {} needs {}", x.shape().str(),
                              x.shape().row_elements(), item.str(), item.elements()));
  return reshape(x, item.with(0, x.rows()));
}

}  // namespace ganflow
