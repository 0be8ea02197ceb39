// GU-20: the slope of a sample through what mixes the samples of a batch is refused by check(),
// whoever takes it, unless the formula says that it is meant.
#include <doctest/doctest.h>

#include "engine/graph/graph.h"
#include "engine/program/gradient.h"
#include "ops/layers/batch_norm.h"
#include "ops/layers/forward.h"
#include "ops/layers/layer_norm.h"
#include "ops/layers/layers.h"
#include "ops/layers/linear.h"
#include "ops/layers/minibatch.h"
#include "ops/layers/mlp.h"
#include "ops/optimizers/sgd.h"
#include "ops/penalties/gradient_penalty.h"
#include "ops/ports.h"
#include "ops/primitives/primitives.h"
#include "ops/sources/noise.h"
#include "ops/sources/spheres.h"
#include "support/run_example.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

// A penalty of an app, which no file of ops/ knows.
struct OneSided {
  Network critic;
  bool meant = false;
  Value operator()(Formula& f, Value, Value fake) const {
    if (meant) f.couples_samples();
    const Value slope = gradient(sum(critic(f, fake)), fake);
    return mean(positive(row_sums(square(slope)) - 1.0));
  }
};

// What check() says of a critic with a penalty; composing never fails.
template <class P>
std::string said(const Layers& critic, P penalty) {
  Graph g("g", {.batch = 4});
  const Network D = g.network("D", critic);
  penalty.critic = D;
  const Port real = g.add("spheres", Spheres{}), fake = g.add("noise", Uniform{.dim = 784});
  const Port score = mean(g.add("critic_real", Forward{D}, real));
  g.phase("critic", 1)
      .minimize("critic_step", score + g.add("penalty", penalty, real, fake), D, Sgd{.lr = 1e-3});
  return error_of([&] { g.check(); });
}

}  // namespace

TEST_SUITE_BEGIN("penalties");

TEST_CASE("a penalised critic must not mix samples, unless forced (GU-20)") {
  const Linear one{.out = 1};
  const Layers norm = layers({Linear{.out = 3}, BatchNorm{}, relu, one});
  CHECK(said(norm, GradientPenalty{}) ==
        "2 penalty (GradientPenalty): the slope of a sample goes through layer 'D/norm1', sum (3), "
        "which mixes the samples of a batch, so a score has no slope of its own; take LayerNorm "
        "instead of BatchNorm, or force it with .coupled = true (--set coupled=1 in the ready "
        "graphs)");
  CHECK(said(norm, GradientPenalty{.coupled = true}).empty());
  CHECK(
      said(norm, GradientPenalty{.target = 0, .measure = measure::real}).starts_with("2 penalty"));
  CHECK(said(layers({Linear{.out = 3}, LayerNorm{}, relu, one}), GradientPenalty{}).empty());
  for (const Layers& mixing :
       {layers({MinibatchDiscrimination{.kernels = 2}, one}), layers({MinibatchDeviation{}, one})})
    CHECK(said(mixing, GradientPenalty{}).starts_with("2 penalty (GradientPenalty): the slope"));
}

TEST_CASE("a penalty of one's own is held to the same") {
  const Layers norm = layers({Linear{.out = 3}, BatchNorm{}, relu, Linear{.out = 1}});
  CHECK(said(norm, OneSided{}).starts_with("2 penalty (OneSided): the slope of a sample goes"));
  CHECK(said(norm, OneSided{.critic = {}, .meant = true}).empty());
  CHECK(said(layers({Linear{.out = 3}, relu, Linear{.out = 1}}), OneSided{}).empty());
}

TEST_SUITE_END();
