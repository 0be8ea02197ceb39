#include "ops/layers/mlp.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "engine/error.h"
#include "ops/layers/linear.h"

namespace ganflow {

Network::Forward mlp(std::vector<Extent> sizes, Activation hidden, Activation output,
                     LayerInit init) {
  if (sizes.size() < 2 || std::ranges::min(sizes) < 1)
    fail(Fault::usage, "mlp: the sizes are [{}], there must be two or more and each at least 1",
         fmt::join(sizes, ", "));
  return [=](Formula& f, Value x) {
    for (std::size_t layer = 0; layer + 1 < sizes.size(); ++layer) {
      const Linear linear{.in = sizes[layer], .out = sizes[layer + 1], .init = init};
      const auto begin = static_cast<ValueId>(f.builder().program().nodes.size());
      {
        const Formula::Scope scope(f, std::to_string(layer) + "/");
        x = linear(f, x);
      }
      f.layer(std::to_string(layer), begin, x);
      x = layer + 2 == sizes.size() ? output(x) : hidden(x);
    }
    return x;
  };
}

}  // namespace ganflow
