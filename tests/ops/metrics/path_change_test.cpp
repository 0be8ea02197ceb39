#include "ops/metrics/path_change.h"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "ops/metrics/quality/image_slices.h"
#include "support/quality_sets.h"
#include "support/run_example.h"

using namespace ganflow;
using namespace ganflow::test;

TEST_SUITE("path_change") {
  TEST_CASE("neighbours, the largest step and the ends, never across paths") {
    const auto metric = PathChange{.frames = 3, .paths = 2}.open();
    CHECK(metric->samples() == 6);
    // (0,0) (3,4) (3,4) | (100,0) (100,1) (100,0)
    const std::vector<float> rows{0, 0, 3, 4, 3, 4, 100, 0, 100, 1, 100, 0};
    const auto values = metric->measure({.samples = rows, .n = 6, .row = Shape{2}});
    CHECK(values == std::vector<double>{(5 + 0 + 1 + 1) / 4., 5, 2.5});
    CHECK(error_of([] { PathChange{.frames = 1}.open(); }) ==
          "2 path_change: frames is 1 and paths 100, they must be at least 2 and at least 1");
  }

  TEST_CASE("paths of images: how alike the frames are and how sharp those between the ends") {
    const Picture picture{.height = 16, .width = 16};
    const auto a = mixed_image(1, 1, 16), b = mixed_image(2, 1, 16);
    std::vector<float> rows;
    for (int i = 0; i < 4; ++i)  // a mixture, and a jump from a to b
      for (std::size_t x = 0; x < a.size(); ++x)
        rows.push_back(a[x] + static_cast<float>(i) / 3 * (b[x] - a[x]));
    for (const auto* frame : {&a, &a, &b, &b})
      rows.insert(rows.end(), frame->begin(), frame->end());
    const auto metric = PathChange{.frames = 4, .paths = 2, .picture = picture}.open();
    const auto values = metric->measure({.samples = rows, .n = 8, .row = Shape{256}});
    REQUIRE(values.size() == metric->columns().size());
    const SlicedMsSsim sliced = sliced_ms_ssim(MsSsim(picture), rows, 4);
    const SliceSharpness sharp = slice_sharpness(picture, rows, 4);
    CHECK(std::vector(values.begin() + 3, values.end()) ==
          std::vector{sliced.pairs.mean, sliced.pairs.deviation, sliced.adjacent.mean, sharp.ends,
                      sharp.inner});
    CHECK(sharp.inner < 0.95);
    rows[5] = NAN;
    const auto broken = metric->measure({.samples = rows, .n = 8, .row = Shape{256}});
    CHECK(broken.size() == values.size());
    CHECK(std::isnan(broken[3]));
    CHECK(metric->row_elements() == 256);
    CHECK(PathChange{.frames = 2, .picture = picture}.open()->columns().size() == 7);
    CHECK(PathChange{}.open()->columns().size() == 3);
  }
}
