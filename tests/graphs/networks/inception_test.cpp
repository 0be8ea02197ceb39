// The Inception of FID: features at four depths are those of pytorch-fid's own network with the
// same random weights, in PyTorch and float64 (references/inception.py).
#include "graphs/networks/inception.h"

#include <doctest/doctest.h>

#include <cmath>

#include "engine/error.h"
#include "ops/primitives/primitives.h"
#include "ops/transforms/resize.h"
#include "references/inception.h"
#include "support/compiled.h"
#include "support/random_inception.h"
#include "support/test_formula.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

void check_depth(Extent depth, const double (&expected)[14]) {
  CAPTURE(depth);
  Builder builder;
  TestFormula f(builder, 2);
  f.evaluate_from_now();
  const Value y = InceptionFeatures{.depth = depth}(f, input(builder, "x", {{2, 3, 20, 36}}));
  REQUIRE(y.shape() == Shape{2, depth});
  output(builder, "y", y);
  Tensors at{{"x", inception_draws("images", 2 * 3 * 20 * 36)}};
  // The tested formula names Variables below its node.
  for (const VariableInfo& v : f.variables()) at[v.name] = inception_weight(v);
  const std::vector<double> features = run_compiled(builder.program(), at).at("y");
  for (int n = 0; n < 2; ++n) {
    const double norm = expected[12 + n];
    for (int k = 1; k <= 6; ++k) {
      double projection = 0;
      for (Extent c = 0; c < depth; ++c)
        projection += features[static_cast<std::size_t>(n * depth + c)] *
                      std::cos(static_cast<double>(k * c + k));
      CHECK(std::abs(projection - expected[n * 6 + k - 1]) < 1e-4 * norm);
    }
  }
}

}  // namespace

TEST_SUITE_BEGIN("graphs");

TEST_CASE("Inception: features at four depths are pytorch-fid's with the same random weights") {
  check_depth(64, reference::kInception64);
  check_depth(192, reference::kInception192);
  check_depth(768, reference::kInception768);
  check_depth(2048, reference::kInception2048);
}

TEST_CASE("Inception refuses other depths and channels") {
  const auto refused = [](Extent depth, const Shape& shape) {
    TestFormula f(2);
    try {
      InceptionFeatures{.depth = depth}(f, f.input("x", shape));
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  CHECK(refused(100, {2, 3, 8, 8}) == "node (Test): depth is 100, it must be 64, 192, 768 or 2048");
  CHECK(refused(64, {2, 2, 8, 8}) ==
        "node (Test): images are (N,1,H,W) or (N,3,H,W), x has shape (2,2,8,8)");
}

TEST_CASE("resize: two pixels to four by hand, a constant stays one, larger to smaller takes two") {
  const auto resized = [](const Shape& shape, std::vector<double> x, Resize to) {
    TestFormula f(1);
    f.output("y", to(f, f.input("x", shape)));
    return f.run({{"x", std::move(x)}}).at("y");
  };
  CHECK(resized({1, 1, 1, 2}, {0, 4}, {1, 4}) == std::vector<double>{0, 1, 3, 4});
  CHECK(resized({1, 1, 2, 1}, {0, 4}, {4, 1}) == std::vector<double>{0, 1, 3, 4});
  CHECK(resized({1, 1, 1, 4}, {1, 3, 5, 9}, {1, 2}) == std::vector<double>{2, 7});
  for (const double y : resized({1, 1, 3, 5}, std::vector<double>(15, 2), {7, 4}))
    CHECK(y == doctest::Approx(2).epsilon(1e-14));
}
