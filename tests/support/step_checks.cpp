#include <algorithm>
#include <cmath>

#include "engine/tensor/philox.h"
#include "support/steps.h"

namespace ganflow::test {

Census census(const Program& program) {
  Census c;
  for (const Node& node : program.nodes) {
    const Role role = traits_of(program, node).role;
    ++c.nodes;
    c.products += role == Role::product;
    c.elementwise += role == Role::elementwise;
    c.reductions += role == Role::reduction;
  }
  return c;
}

Tensors step_inputs(const Program& program, std::uint64_t seed) {
  Tensors tensors;
  std::uint32_t stream = 100;
  const auto uniform = [&](Extent i) { return uniform01(random_word(seed, stream, 0, i)); };
  for (const auto* slots : {&program.inputs, &program.variables})
    for (const Slot& slot : *slots) {
      std::vector<double> values(slot.type.shape.elements());
      const bool state = slot.name.find("/state") != std::string::npos;
      for (std::size_t i = 0; i < values.size(); ++i) {
        const double u = uniform(static_cast<Extent>(i));
        values[i] = state || slot.type.shape.rank() == 0 ? 0.1 + u : 2 * u - 1;
        if (slot.type.dtype == DType::index) values[i] = std::floor(u * 11);
      }
      tensors[slot.name] = values;
      ++stream;
    }
  return tensors;
}

double relative_distance(const Tensors& a, const Tensors& b) {
  if (a.size() != b.size()) return INFINITY;
  double worst = 0;
  for (const auto& [name, x] : a) {
    const auto found = b.find(name);
    if (found == b.end() || found->second.size() != x.size()) return INFINITY;
    double difference = 0, scale = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      if (!std::isfinite(x[i]) || !std::isfinite(found->second[i])) return INFINITY;
      difference = std::max(difference, std::abs(x[i] - found->second[i]));
      scale = std::max(scale, std::abs(x[i]));
    }
    if (difference > 0) worst = std::max(worst, difference / scale);
  }
  return worst;
}

}  // namespace ganflow::test
