// Frames between two images of different classes are unsure in the middle, and change class once.
#include "graphs/quality/path_confidence.h"

#include <doctest/doctest.h>

#include "graphs/quality/real_features.h"
#include "support/trained_extractor.h"

using namespace ganflow;
using namespace ganflow::test;

TEST_SUITE_BEGIN("graphs");

TEST_CASE("path_confidence: sure frames of one class, one change between two classes, refusals") {
  const TrainedExtractor& trained = trained_extractor();
  const auto extractor = std::make_shared<const Extractor>("e.h5", trained.file);
  const StoredImages images = stored_images(trained.data(), Part::held_out, *extractor);
  const std::vector<float> all = images.all();
  const PathConfidence options{
      .extractor = extractor, .picture = images.picture, .frames = 4, .paths = 2, .least = 0.7};
  const auto metric = options.open();
  const std::vector<MetricColumn> columns = metric->columns();
  REQUIRE(columns.size() == 3);
  CHECK(columns[0].description ==
        "share of frames whose greatest probability is below 0.7; 2 paths "
        "of 4 frames, extractor " +
            extractor->name() + ", resize none");
  CHECK(metric->samples() == 8);
  CHECK(metric->together() == 4);
  // Paths of the images with these numbers; number i is of class i % 10.
  const auto measure = [&](const std::vector<int>& numbers) {
    std::vector<float> frames;
    for (const int i : numbers)
      frames.insert(frames.end(), all.begin() + i * 784, all.begin() + (i + 1) * 784);
    return metric->measure({.samples = frames, .n = 8, .row = Shape{784}, .scalars = {}});
  };
  const auto one = measure({3, 3, 3, 3, 7, 7, 7, 7}), two = measure({3, 3, 7, 7, 3, 3, 3, 3}),
             back = measure({3, 7, 3, 3, 7, 3, 7, 7});
  CHECK(one[2] == 0);
  CHECK(two[2] == 0.5);  // the change from 7 to 3 is between the paths
  CHECK(back[2] == 2);
  // The extractor is sure of its images at one threshold, of none at another.
  PathConfidence strict = options;
  strict.least = 1;
  const auto unsure = strict.open()->measure(
      {.samples = std::span(all).first(8 * 784), .n = 8, .row = Shape{784}, .scalars = {}});
  CHECK(unsure[0] == 1);
  CHECK(unsure[1] < 1);
  PathConfidence lax = options;
  lax.least = 0;
  CHECK(lax.open()->measure({.samples = std::span(all).first(8 * 784),
                             .n = 8,
                             .row = Shape{784},
                             .scalars = {}})[0] == 0);

  const auto refused = [&](auto change) {
    PathConfidence wrong = options;
    change(wrong);
    return error_of([&] { wrong.open(); });
  };
  CHECK(
      refused([](auto& o) { o.frames = 1; }) ==
      "2 path_confidence: frames is 1, paths 2 and least 0.7, they must be at least 2, at least 1 "
      "and from 0 to 1, and it needs an extractor");
  CHECK(refused([](auto& o) {
          o.picture.channels = 3;
        }).find("takes images of 28 x 28 pixels with 1 channel, these have 28 x 28 with 3") !=
        std::string::npos);
}
