// Random programs of every primitive: simplifying changes no result and leaves nothing to simplify.
#include <doctest/doctest.h>

#include <cmath>

#include "engine/rewrite/rewrite.h"
#include "engine/rewrite/simplify.h"
#include "ops/primitives/primitives.h"
#include "tests/support/garden.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

double worst_difference(const Tensors& a, const Tensors& b) {
  double worst = 0;
  for (const auto& [name, values] : a) {
    double scale = 1;
    for (double v : values) scale = std::max(scale, std::abs(v));
    for (std::size_t i = 0; i < values.size(); ++i) {
      const double d = std::abs(values[i] - b.at(name)[i]);
      if (!(d <= 0) && values[i] != b.at(name)[i])
        worst = std::isnan(d) ? INFINITY : std::max(worst, d / scale);
    }
  }
  return worst;
}

}  // namespace

TEST_SUITE_BEGIN("primitives");

TEST_CASE("random programs: simplified equals traced, and is a fixed point") {
  const Tensors at = Garden::bindings();
  std::size_t before = 0, after = 0;
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    CAPTURE(seed);
    Builder builder;
    Garden garden(builder, seed);
    for (int i = 0; i < 60; ++i) garden.grow();
    garden.finish();
    const Program traced = without_dead_code(builder.program());
    const Program simple = simplify(traced);
    before += traced.nodes.size(), after += simple.nodes.size();
    const double worst = worst_difference(evaluate(traced, at), evaluate(simple, at));
    CHECK_MESSAGE(worst <= 1e-10, simple.str());
    CHECK(simplify(simple).str() == simple.str());
  }
  MESSAGE("nodes ", before, " -> ", after);
  CHECK(after < 0.8 * before);
}

TEST_SUITE_END();
