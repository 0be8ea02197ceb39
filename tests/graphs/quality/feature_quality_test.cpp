// Measures by an extractor get worse in the direction they should, say how they were made, run
// beside training without changing a bit of it, and refuse what they cannot measure.
#include "graphs/quality/feature_quality.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "graphs/quality/feature_measures.h"
#include "graphs/quality/real_features.h"
#include "support/named_graph.h"
#include "support/trained_extractor.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

constexpr Extent kPixels = 784;

// Real images of the small set, and what they are measured by.
struct Setting {
  std::shared_ptr<const Extractor> extractor =
      std::make_shared<const Extractor>("e.h5", trained_extractor().file);
  std::shared_ptr<const RealFeatures> real =
      real_features(trained_extractor().data(), Part::whole, extractor);
  StoredImages images = stored_images(trained_extractor().data(), Part::held_out, *extractor);

  std::map<std::string, double> measure(const std::vector<float>& samples,
                                        const std::vector<float>& labels = {}) const {
    FeatureQuality quality{.extractor = extractor,
                           .real = real,
                           .picture = images.picture,
                           .measures = feature_measures(),
                           .samples = static_cast<Extent>(samples.size()) / kPixels,
                           .labelled = !labels.empty()};
    if (labels.empty()) std::erase(quality.measures, "class_accuracy");
    quality.check();
    std::map<std::string, double> values;
    const std::vector<double> all = quality.measure(samples, labels, 0);
    const std::vector<MetricColumn> columns = quality.columns();
    REQUIRE(all.size() == columns.size());
    for (std::size_t c = 0; c < all.size(); ++c) values[columns[c].name] = all[c];
    return values;
  }
};

// Those of the 70 images whose label is among the first `classes`, as often as needed.
std::vector<float> of_classes(const std::vector<float>& images, int classes) {
  std::vector<float> chosen;
  for (int i = 0; static_cast<Extent>(chosen.size()) < 70 * kPixels; i = (i + 1) % 70)
    if (i % 10 < classes)
      chosen.insert(chosen.end(), images.begin() + i * kPixels, images.begin() + (i + 1) * kPixels);
  return chosen;
}

std::vector<float> noise() {
  std::vector<float> images(70 * kPixels);
  std::uint32_t seed = 5;
  for (float& x : images) {
    seed = seed * 1664525 + 1013904223;
    x = static_cast<float>(seed >> 8) / 8388608.0f - 1;
  }
  return images;
}

}  // namespace

TEST_SUITE_BEGIN("graphs");

TEST_CASE("quality by features: the test set is best; noise, missing classes and one class worse") {
  const Setting s;
  const std::vector<float> images = s.images.all();
  const auto real = s.measure(images), half = s.measure(of_classes(images, 5)),
             one = s.measure(of_classes(images, 1)), nothing = s.measure(noise());
  for (const auto* worse : {&half, &one, &nothing}) {
    CHECK(worse->at("fid") > 2 * real.at("fid"));
    CHECK(worse->at("kid") > real.at("kid"));
    CHECK(worse->at("recall") < real.at("recall"));
    CHECK(worse->at("coverage") < real.at("coverage"));
    CHECK(worse->at("is") < real.at("is"));
  }
  CHECK(one.at("fid") > half.at("fid"));
  CHECK(nothing.at("precision") < 0.2);
  CHECK(nothing.at("density") < 0.2);
  CHECK(real.at("precision") > 0.5);
  CHECK(real.at("confidence") > 0.5);
  CHECK(real.at("classes") == 10);
  CHECK(half.at("classes") == 5);
  CHECK(one.at("classes") == 1);
}

TEST_CASE("quality by features: a set against itself, and classes that are asked for") {
  const Setting s;
  const std::vector<float> train =
      stored_images(trained_extractor().data(), Part::whole, *s.extractor).all();
  std::vector<float> labels(200);
  for (int i = 0; i < 200; ++i) labels[i] = static_cast<float>(i % 10);
  const auto same = s.measure(train, labels);
  CHECK(same.at("fid") < 1e-6);
  CHECK(same.at("precision") == 1);
  CHECK(same.at("recall") == 1);
  CHECK(same.at("class_accuracy") > 0.9);
  std::ranges::rotate(labels, labels.begin() + 1);
  CHECK(s.measure(train, labels).at("class_accuracy") < 0.1);
}

TEST_CASE("quality by features: columns say how a value was made") {
  const Setting s;
  const FeatureQuality quality{.extractor = s.extractor,
                               .real = s.real,
                               .picture = s.images.picture,
                               .measures = {"fid", "is", "kid", "subset_fid"},
                               .samples = 50};
  const std::vector<MetricColumn> columns = quality.open()->columns();
  REQUIRE(columns.size() == 9);
  CHECK(columns[0].name == "fid");
  CHECK(columns[1].name == "is");
  CHECK(columns[2].name == "is_deviation");
  const std::string made =
      ", extractor " + s.extractor->name() + ", resize none, draws by the replica's seed";
  CHECK(columns[0].description ==
        "Frechet distance of the features' Gaussians; covariances over n - 1, not regularised; 50 "
        "samples against 200 of mnist" +
            made);
  CHECK(columns[1].description == "inception score, mean of splits; 10 splits; 50 samples" + made);
  CHECK(
      columns[3].description ==
      "kernel distance, mean of subsets; 100 subsets of 50 of each set, kernel (x . y / d + 1)^3; "
      "50 samples against 200 of mnist" +
          made);
  CHECK(columns[5].description.find(
            "mean fid of subsets; 120 subsets of 50 samples, covariances over n - 1, not "
            "regularised; 50 samples") == 0);
}

TEST_CASE("subsets of all samples are the samples; of fewer they spread around their mean") {
  const Setting s;
  const std::vector<float> images =
      stored_images(trained_extractor().data(), Part::whole, *s.extractor).all();
  // 70 of them are a subset of 512 at most: itself, 120 times.
  const auto all = s.measure(s.images.all());
  CHECK(all.at("subset_fid") == doctest::Approx(all.at("fid")).epsilon(1e-6));
  CHECK(all.at("subset_fid_deviation") < 1e-6 * all.at("fid"));
  // As many samples as features are enough if one says so, and what was added is said.
  FeatureQuality few{.extractor = s.extractor,
                     .real = s.real,
                     .picture = s.images.picture,
                     .measures = {"fid"},
                     .samples = 16,
                     .regularise = 1e-6};
  few.check();
  const double singular = few.measure(std::span(images).first(16 * kPixels), {}, 0)[0];
  CHECK(singular > 0);
  few.regularise = 1e-9;
  CHECK(few.measure(std::span(images).first(16 * kPixels), {}, 0)[0] ==
        doctest::Approx(singular).epsilon(0.02));
  CHECK(few.columns()[0].description.ends_with(
      "covariances over n - 1, 1e-09 added to their diagonals"));
  std::vector<float> many;
  for (int i = 0; i < 3; ++i) many.insert(many.end(), images.begin(), images.end());
  const auto some = s.measure(many);
  CHECK(some.at("fid") < 1e-3);
  CHECK(some.at("subset_fid") > some.at("fid"));
  CHECK(some.at("subset_fid_deviation") > 0);
  CHECK(some.at("subset_fid_low") < some.at("subset_fid"));
  CHECK(some.at("subset_fid_high") > some.at("subset_fid"));
}

TEST_CASE("quality by features: refusals") {
  const Setting s;
  const auto refused = [&](FeatureQuality quality) {
    quality.extractor = s.extractor;
    quality.real = s.real;
    return error_of([&] { quality.check(); });
  };
  const Picture picture = s.images.picture;
  CHECK(refused({.extractor = nullptr, .real = nullptr, .picture = picture, .measures = {"fad"}})
            .find("2 'fad': no such measure; did you mean 'fid'?") == 0);
  CHECK(refused({.extractor = nullptr,
                 .real = nullptr,
                 .picture = picture,
                 .measures = {"class_accuracy"}}) ==
        "2 class_accuracy is of samples with labels, which only a conditional generator's have");
  CHECK(refused({.extractor = nullptr, .real = nullptr, .picture = picture, .measures = {}}) ==
        "2 feature_quality: it needs an extractor and a measure");
  // Once said of two columns of one name.
  CHECK(refused({.extractor = nullptr,
                 .real = nullptr,
                 .picture = picture,
                 .measures = {"kid", "kid"}}) ==
        "2 measure 'kid' is asked for twice, once is enough");
  // Without an extractor they were not looked at.
  CHECK(error_of([&] {
          composed("gan",
                   {.data = trained_extractor().data(),
                    .values = {
                        {"generator", "16"}, {"critic", "16"}, {"extractor.measures", "fid+kit"}}});
        }).starts_with("2 'kit': no such measure; did you mean 'kid'?"));
  // Said before training, not when it is measured first.
  CHECK(refused({.extractor = nullptr,
                 .real = nullptr,
                 .picture = picture,
                 .measures = {"kid", "fid"},
                 .samples = 16}) ==
        "2 measure 'fid': the covariance of 16 samples with 16 features is singular, take at least "
        "17 samples, an extractor of fewer features, or regularise=1e-6");
}

TEST_CASE("an extractor beside training measures its samples and changes none of its bits") {
  const TrainedExtractor& trained = trained_extractor();
  const TemporaryDirectory dir;
  write_extractor(dir / "e.h5", trained.file);
  const auto run = [&](bool measured) {
    GraphSettings settings{.batch = 8,
                           .evaluate_every = 2,
                           .data = trained.data(),
                           .values = {{"generator", "16"}, {"critic", "16"}}};
    if (measured) {
      settings.values["extractor"] = dir / "e.h5";
      settings.values["extractor.samples"] = "64";
      settings.values["extractor.measures"] = "fid+precision";
    }
    return short_run("gan", settings, 4);
  };
  const ShortRun plain = run(false), with = run(true);
  for (const VariableInfo& v : plain.replicas[0].variables)
    CHECK(plain.variable(v.name) == with.variable(v.name));
  const auto& tables = with.replicas[0].tables;
  const auto features =
      std::ranges::find_if(tables, [](const Table& t) { return t.name == "features"; });
  REQUIRE(features != tables.end());
  const auto fid = with.sink.column<double>(0, static_cast<int>(features - tables.begin()), 1);
  REQUIRE(fid.size() >= 2);
  for (const double value : fid) CHECK(value > 1);
  CHECK(error_of([&] {
          composed("dcgan", {.batch = 4,
                             .data = cifar_data(),
                             .values = {{"width", "2"}, {"extractor", dir / "e.h5"}}});
        }).find("takes images of 28 x 28 pixels with 1 channel, these have 32 x 32 with 3") !=
        std::string::npos);
}

TEST_CASE("path_confidence, along the paths of a graph that draws some") {
  const TrainedExtractor& trained = trained_extractor();
  const TemporaryDirectory dir;
  write_extractor(dir / "e.h5", trained.file);
  const auto settings = [&](const std::string& frames) {
    return GraphSettings{.batch = 8,
                         .evaluate_every = 2,
                         .data = trained.data(),
                         .values = {{"generator", "16"},
                                    {"critic", "16"},
                                    {"frames", frames},
                                    {"extractor", dir / "e.h5"},
                                    {"extractor.measures", "path_confidence"}}};
  };
  const ShortRun run = short_run("gan", settings("5"), 2);
  const auto& tables = run.replicas[0].tables;
  const auto table =
      std::ranges::find_if(tables, [](const Table& t) { return t.name == "path_confidence"; });
  REQUIRE(table != tables.end());
  const auto unsure = run.sink.column<double>(0, static_cast<int>(table - tables.begin()), 1);
  REQUIRE(!unsure.empty());
  for (const double share : unsure)
    CHECK(share * 500 == doctest::Approx(std::round(share * 500)).epsilon(1e-9));
  CHECK(std::ranges::none_of(tables, [](const Table& t) { return t.name == "features"; }));
  CHECK(error_of([&] { composed("gan", settings("0")); }) ==
        "2 path_confidence is of samples along paths between latents: say how many, --set "
        "frames=10");
}

TEST_CASE("a conditional generator's samples are measured by the classes they were asked for") {
  const TrainedExtractor& trained = trained_extractor();
  const TemporaryDirectory dir;
  write_extractor(dir / "e.h5", trained.file);
  const ShortRun run = short_run("cdcgan",
                                 {.batch = 4,
                                  .evaluate_every = 1,
                                  .data = trained.data(),
                                  .values = {{"network", "mnist"},
                                             {"width", "2"},
                                             {"extractor", dir / "e.h5"},
                                             {"extractor.samples", "40"},
                                             {"extractor.measures", "class_accuracy"}}},
                                 2);
  const auto& tables = run.replicas[0].tables;
  const auto features =
      std::ranges::find_if(tables, [](const Table& t) { return t.name == "features"; });
  REQUIRE(features != tables.end());
  const auto accuracy = run.sink.column<double>(0, static_cast<int>(features - tables.begin()), 1);
  REQUIRE(!accuracy.empty());
  // A share of 40 samples; of an untrained generator it is near that of one class.
  for (const double share : accuracy) {
    CHECK(share * 40 == doctest::Approx(std::round(share * 40)).epsilon(1e-9));
    CHECK(share < 0.6);
  }
}
