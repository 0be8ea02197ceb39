#include "ops/layers/mlp.h"

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
      const Formula::Scope scope(f, std::to_string(layer) + "/");
      const Linear linear{.in = sizes[layer], .out = sizes[layer + 1], .init = init};
      const bool last = layer + 2 == sizes.size();
      x = (last ? output : hidden)(linear(f, x));
    }
    return x;
  };
}

}  // namespace ganflow
