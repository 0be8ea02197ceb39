#include "graphs/networks/progressive.h"

#include <bit>

#include "engine/error.h"
#include "ops/layers/blend.h"
#include "ops/layers/conv.h"
#include "ops/layers/layers.h"
#include "ops/layers/linear.h"
#include "ops/layers/minibatch.h"
#include "ops/primitives/pool.h"

namespace ganflow {
namespace {

const Activation kLeaky = leaky_relu(0.2);

void require_side(const Progressive& o) {
  if (o.side < 4 || !std::has_single_bit(static_cast<std::uint64_t>(o.side)))
    fail(Fault::usage, "progressive: side is {}, it must be 4, 8, 16, ...", o.side);
  if (o.width < 1 || o.channels < 1)
    fail(Fault::usage, "progressive: width is {} and channels {}, both must be at least 1", o.width,
         o.channels);
}

// Layers whose Variables are below `name`.
Value part(Formula& f, const std::string& name, const Layers& layers, Value x) {
  const Formula::Scope scope(f, name + "/");
  return layers(f, x);
}

std::string stage(Extent side) { return std::to_string(side); }

Value to_rgb(Formula& f, const Progressive& o, Extent side, Value x) {
  return part(f, "rgb" + stage(side), layers({Conv{.channels = o.channels, .kernel = 1}}), x);
}

Value from_rgb(Formula& f, const Progressive& o, Extent side, Value x) {
  return part(f, "rgb" + stage(side), layers({Conv{.channels = o.width, .kernel = 1}, kLeaky}), x);
}

}  // namespace

Network::Forward progressive_generator(const Progressive& o) {
  require_side(o);
  return [o](Formula& f, Value z) {
    const Conv conv{.channels = o.width, .init = init::he()};
    Value before, x = part(f, stage(4),
                           layers({Linear{.out = 16 * o.width, .init = init::he()},
                                   Unflatten{{o.width, 4, 4}}, kLeaky, conv, kLeaky}),
                           z);
    for (Extent side = 8; side <= o.side; side *= 2) {
      before = x;
      x = part(f, stage(side), layers({Upsample{}, conv, kLeaky, conv, kLeaky}), x);
    }
    const Value fresh = to_rgb(f, o, o.side, x);
    if (o.side == 4) return tanh(fresh);
    return tanh(Blend{o.alpha}(f, upsample(to_rgb(f, o, o.side / 2, before)), fresh));
  };
}

Network::Forward progressive_critic(const Progressive& o) {
  require_side(o);
  return [o](Formula& f, Value image) {
    const Conv conv{.channels = o.width, .init = init::he()};
    Value x = from_rgb(f, o, o.side, image);
    for (Extent side = o.side; side > 4; side /= 2) {
      x = part(f, stage(side), layers({conv, kLeaky, conv, kLeaky, AveragePool{}}), x);
      if (side == o.side) x = Blend{o.alpha}(f, from_rgb(f, o, side / 2, average_pool(image)), x);
    }
    std::vector<Layer> last{conv,    kLeaky,
                            flatten, Linear{.out = o.width, .init = init::he()},
                            kLeaky,  Linear{.out = 1}};
    if (o.deviation) last.insert(last.begin(), MinibatchDeviation{});
    return part(f, stage(4), layers(last), x);
  };
}

}  // namespace ganflow
