// An extractor is the classifier it was made of: features and logits of its file are those of the
// run, and what does not fit is refused in one sentence.
#include "graphs/quality/extractor.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "graphs/networks/inception.h"
#include "graphs/quality/real_features.h"
#include "ops/metrics/quality/class_confidence.h"
#include "references/inception.h"
#include "support/columns_set.h"
#include "support/random_inception.h"
#include "support/test_formula.h"
#include "support/trained_extractor.h"

using namespace ganflow;
using namespace ganflow::test;

TEST_SUITE_BEGIN("graphs");

namespace {

// The accuracy by what the file's network sees, on the images held out.
void check_accuracy(const TrainedExtractor& trained) {
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
}

}  // namespace

TEST_CASE("an extractor read back has the accuracy that the run's own table says") {
  check_accuracy(trained_extractor());
  CHECK(trained_extractor().accuracy > 0.9);
}

TEST_CASE("so has one with residual blocks; a file that does not say them has none") {
  const auto trained =
      train_extractor({.width = 4, .blocks = 1},
                      {{"optimizer", "sgd"}, {"lr", "0.05"}, {"shift", "0"}, {"cutout", "6"}});
  CHECK(trained->accuracy > 0.7);
  check_accuracy(*trained);
  ExtractorFile file = trained_extractor().file;
  CHECK(file.options.erase("blocks") == 1);
  const Extractor old("e.h5", file), now("e.h5", trained_extractor().file);
  const std::vector<float> image(784, 0.5f);
  const Picture picture{.height = 28, .width = 28, .channels = 1, .lo = -1, .hi = 1};
  CHECK(old.extract(image, 1, picture).features == now.extract(image, 1, picture).features);
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
  CHECK(refused(file) ==
        "6 e.h5: its network is 'resnet', this version knows: classifier, inception");
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

TEST_CASE("Inception as an extractor takes images of any size; without classes at small depths") {
  TestFormula f(2);
  InceptionFeatures{.depth = 64}(f, f.input("x", {2, 3, 20, 36}));
  ExtractorFile file{.network = "inception",
                     .options = {{"depth", "64"}},
                     .provenance = {},
                     .values = {},
                     .shapes = {}};
  for (const VariableInfo& v : f.variables()) {
    const std::vector<double> values = inception_weight(v);
    file.values["features/" + v.name] = {values.begin(), values.end()};
    file.shapes["features/" + v.name] = v.shape;
  }
  const auto extractor = std::make_shared<const Extractor>("i.h5", file);
  CHECK(extractor->resize_rule() == "bilinear to 299 x 299");
  const std::vector<double> images = inception_draws("images", 2 * 3 * 20 * 36);
  const Picture picture{.height = 20, .width = 36, .channels = 3, .lo = -1, .hi = 1};
  const Extracted seen =
      extractor->extract(std::vector<float>(images.begin(), images.end()), 2, picture);
  REQUIRE(seen.width == 64);
  CHECK(seen.classes == 0);
  for (int n = 0; n < 2; ++n)
    for (int k = 1; k <= 6; ++k) {
      double projection = 0;
      for (int c = 0; c < 64; ++c) projection += seen.features[n * 64 + c] * std::cos(k * c + k);
      CHECK(std::abs(projection - reference::kInception64[n * 6 + k - 1]) <
            1e-4 * reference::kInception64[12 + n]);
    }
  // Gray images are three channels alike.
  const Picture gray{.height = 9, .width = 9, .channels = 1, .lo = -1, .hi = 1};
  Picture colour = gray;
  colour.channels = 3;
  const std::vector<float> one(images.begin(), images.begin() + 81);
  std::vector<float> three;
  for (int c = 0; c < 3; ++c) three.insert(three.end(), one.begin(), one.end());
  CHECK(extractor->extract(one, 1, gray).features == extractor->extract(three, 1, colour).features);
  CHECK(error_of([&] { extractor->require_images({.height = 9, .width = 9, .channels = 2}); }) ==
        "2 extractor i.h5 takes images with 1 or 3 channels, these have 2");
  FeatureQuality quality{
      .extractor = extractor, .real = nullptr, .picture = picture, .measures = {"is"}};
  CHECK(error_of([&] { quality.check(); }) ==
        "2 measure 'is' is of classes, which extractor " + extractor->name() + " does not see");
  file.options["depth"] = "100";
  CHECK(error_of([&] { Extractor("i.h5", file); }) ==
        "6 i.h5: its network's depth is 100, it must be 64, 192, 768 or 2048");
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
