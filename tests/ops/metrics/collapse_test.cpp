#include "ops/metrics/collapse.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "engine/error.h"
#include "ops/sources/gaussians2d.h"

using namespace ganflow;

namespace {

std::string said(const Metric& metric, const std::vector<float>& rows) {
  try {
    metric.measure({.samples = rows, .n = static_cast<Extent>(rows.size() / 2), .row = Shape{2}});
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

std::string refused(const Collapse& options) {
  try {
    options.open();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_SUITE("collapse") {
  TEST_CASE("the mean distance of pairs") {
    // 3-4-5 triangle: (3 + 4 + 5) / 3.
    const std::vector<float> rows{0, 0, 3, 0, 0, 4};
    CHECK(mean_pair_distance(3, 2, rows) == 4);
  }

  TEST_CASE("samples like the data pass, one sample does not") {
    const auto source = Gaussians8{}.open();
    const auto metric = Collapse{.real = source, .least = 0.5, .samples = 200}.open();
    std::vector<float> rows(400);
    source->fill_main({.seed = 3, .stream = 4, .step = 5}, 200, rows);
    const std::vector<double> values =
        metric->measure({.samples = rows, .n = 200, .row = Shape{2}});
    CHECK(values[0] == doctest::Approx(1).epsilon(0.1));
    CHECK(values[1] == mean_pair_distance(200, 2, rows));
    // Shrunk towards one point: the ratio shrinks with it.
    for (float& x : rows) x *= 0.1f;
    const std::string text = said(*metric, rows);
    CHECK(text.starts_with("the samples have collapsed: the mean distance of 200 of them is 0."));
    CHECK(text.ends_with(" of the real ones', less than 0.5"));
    CHECK(said(*metric, std::vector<float>(400, 1.f)) ==
          "the samples have collapsed: the mean distance of 200 of them is 0 of the real ones', "
          "less than 0.5");
    rows[7] = std::numeric_limits<float>::quiet_NaN();
    CHECK(said(*metric, rows) != "");
  }

  TEST_CASE("options out of range are refused") {
    const auto real = Gaussians8{}.open();
    CHECK(refused({}) == "collapse: it needs the source of the real data");
    CHECK(refused({.real = real, .least = 1}) ==
          "collapse: least is 1, it must lie between 0 and 1 of the real distance");
    CHECK(refused({.real = real, .samples = 1}) == "collapse: samples is 1, it must be at least 2");
  }
}
