// An extractor is the classifier it was made of: features and logits of its file are those of the
// run, and what does not fit is refused in one sentence.
#include "graphs/quality/extractor.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "graphs/quality/real_features.h"
#include "ops/metrics/quality/class_confidence.h"
#include "support/columns_set.h"
#include "support/trained_extractor.h"

using namespace ganflow;
using namespace ganflow::test;

TEST_SUITE_BEGIN("graphs");

TEST_CASE("an extractor read back has the accuracy that the run's own table says") {
  const TrainedExtractor& trained = trained_extractor();
  const TemporaryDirectory dir;
  write_extractor(dir / "e.h5", trained.file);
  const auto extractor =
      std::make_shared<const Extractor>(dir / "e.h5", read_extractor(dir / "e.h5"));
  const StoredImages test = stored_images(trained.data(), Part::held_out, *extractor);
  REQUIRE(test.n == 70);
  CHECK(test.name == "mnist#test");
  const Extracted seen = extractor->extract(test.all(), test.n, test.picture);
  CHECK(seen.width == 16);
  CHECK(seen.classes == 10);
  std::vector<float> labels;
  for (int i = 0; i < 70; ++i) labels.push_back(static_cast<float>(i % 10));
  CHECK(class_accuracy({seen.logits, seen.n, seen.classes}, labels) ==
        doctest::Approx(trained.accuracy).epsilon(1e-12));
  CHECK(trained.accuracy > 0.9);
}

TEST_CASE("features do not depend on the range of the pixels, nor on how many images there are") {
  const TrainedExtractor& trained = trained_extractor();
  const Extractor extractor("e", trained.file);
  const StoredImages test = stored_images(trained.data(), Part::held_out, extractor);
  const std::vector<float> images = test.all();
  const Extracted all = extractor.extract(images, test.n, test.picture);
  std::vector<float> unit = images;
  for (float& x : unit) x = (x + 1) / 2;
  Picture picture = test.picture;
  picture.lo = 0;
  const Extracted of_unit = extractor.extract(unit, test.n, picture);
  for (std::size_t i = 0; i < all.features.size(); ++i)
    REQUIRE(of_unit.features[i] == doctest::Approx(all.features[i]).epsilon(1e-4));
  const Extracted three = extractor.extract(images, 3, test.picture);
  CHECK(three.features ==
        std::vector<float>(all.features.begin(), all.features.begin() + 3 * all.width));
}

TEST_CASE("an extractor refuses what does not fit, in one sentence") {
  const TrainedExtractor& trained = trained_extractor();
  const TemporaryDirectory dir;
  const auto refused = [](ExtractorFile file) {
    return error_of([&] { Extractor("e.h5", std::move(file)); });
  };
  ExtractorFile file = trained.file;
  file.network = "resnet";
  CHECK(refused(file) == "6 e.h5: its network is 'resnet', this version knows: classifier");
  file = trained.file;
  file.options["width"] = "8";
  CHECK(refused(file) ==
        "6 e.h5: its weights are not those of its network: features/conv1/w must have shape "
        "(8,1,3,3), it has (4,1,3,3)");
  file = trained.file;
  file.options["classes"] = "ten";
  CHECK(refused(file) ==
        "6 e.h5: its network's classes is 'ten', it must be a whole number from 1");
  file = trained.file;
  file.shapes.erase("head/linear1/b");
  file.values.erase("head/linear1/b");
  CHECK(refused(file) ==
        "6 e.h5: its weights are not those of its network: head/linear1/b must have shape (10), it "
        "is missing");
  const Extractor extractor("e.h5", trained.file);
  CHECK(error_of([&] { extractor.require_images({.height = 32, .width = 32, .channels = 3}); }) ==
        "2 extractor e.h5 takes images of 28 x 28 pixels with 1 channel, these have 32 x 32 with "
        "3: take one that was trained on such images");
}

TEST_CASE("an extractor file that is damaged, something else or not there is refused") {
  const TrainedExtractor& trained = trained_extractor();
  const TemporaryDirectory dir;
  const std::string path = dir / "e.h5";
  write_extractor(path, trained.file);
  const ExtractorFile back = read_extractor(path);
  CHECK(back.values == trained.file.values);
  CHECK(back.options == trained.file.options);
  CHECK(back.provenance == trained.file.provenance);
  CHECK(back.state_crc != 0);
  for (const std::size_t byte : {std::size_t{700}, file_bytes(path).size() - 9}) {
    write_extractor(path, trained.file);
    flip_bit(path, byte);
    CHECK(error_of([&] { read_extractor(path); }).substr(0, 2) == "6 ");
  }
  CHECK(error_of([&] { read_extractor(dir / "none.h5"); }) ==
        "2 " + (dir / "none.h5") + ": there is no such extractor");
  write_checkpoint(path, {}, {});
  CHECK(error_of([&] { read_extractor(path); }) ==
        "6 " + path +
            " is a checkpoint, no extractor: make one with ganflow export RUN --extractor");
}
