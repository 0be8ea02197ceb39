// Networks that grow: what the blend is at its ends.
#include "graphs/networks/progressive.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "engine/error.h"
#include "ops/primitives/pool.h"
#include "support/gradient_check.h"
#include "support/test_formula.h"

using namespace ganflow;
using namespace ganflow::test;

TEST_SUITE_BEGIN("networks");

namespace {

Progressive at(Extent side, double alpha) {
  return {.side = side, .width = 3, .channels = 2, .alpha = {"alpha", alpha}};
}

double largest_difference(const std::vector<double>& a, const std::vector<double>& b) {
  REQUIRE(a.size() == b.size());
  double worst = 0;
  for (std::size_t i = 0; i < a.size(); ++i) worst = std::max(worst, std::abs(a[i] - b[i]));
  return worst;
}

}  // namespace

TEST_CASE("at alpha 0 a stage equals the one before, at alpha 1 that has no influence") {
  TestFormula f(2);
  const Network g4("G", progressive_generator(at(4, 0))), g8("G", progressive_generator(at(8, 0)));
  const Network d4("D", progressive_critic(at(4, 0))), d8("D", progressive_critic(at(8, 0)));
  const Value z = f.input("z", {2, 5}), image = f.input("image", {2, 2, 8, 8});
  f.output("g4", upsample(g4(f, z)));
  f.output("g8", g8(f, z));
  f.output("d4", d4(f, average_pool(image)));
  f.output("d8", d8(f, image));
  const std::vector<double> zs = drawn(10, 3), images = drawn(256, 4);
  const Tensors old = f.run({{"z", zs}, {"image", images}, {"alpha", {0}}});
  CHECK(old.at("g8") == old.at("g4"));
  CHECK(largest_difference(old.at("d8"), old.at("d4")) <= 1e-12);
  // At 1 the stage before may be anything.
  const Tensors now = f.run({{"z", zs}, {"image", images}, {"alpha", {1}}});
  for (const char* name : {"G/rgb4/conv1/w", "D/rgb4/conv1/w"})
    for (double& w : f.state()[name]) w += 1;
  const Tensors changed = f.run({{"z", zs}, {"image", images}, {"alpha", {1}}});
  CHECK(largest_difference(now.at("g8"), changed.at("g8")) <= 1e-12);
  CHECK(largest_difference(now.at("d8"), changed.at("d8")) <= 1e-12);
  CHECK(largest_difference(now.at("g8"), old.at("g8")) > 1e-3);
}

TEST_CASE("sides of images, and what is refused") {
  for (const Extent side : {4, 8, 16, 32}) {
    TestFormula f(2);
    const Value x = progressive_generator(at(side, 1))(f, f.input("z", {2, 5}));
    CHECK(x.shape() == Shape{2, 2, side, side});
    const Formula::Scope scope(f, "D/");
    CHECK(progressive_critic(at(side, 1))(f, x).shape() == Shape{2, 1});
  }
  CHECK_THROWS_WITH_AS(progressive_critic({.side = 12}),
                       "progressive: side is 12, it must be 4, 8, 16, ...", Error);
}

TEST_SUITE_END();
