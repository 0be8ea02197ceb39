// The classifier learns what separates the classes, and its table measures the items held out.
#include "graphs/quality/classifier.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "graphs/parts/image_data.h"
#include "support/columns_set.h"
#include "support/named_graph.h"
#include "support/run_example.h"

using namespace ganflow;
using namespace ganflow::test;

TEST_SUITE_BEGIN("graphs");

TEST_CASE("a classifier learns, and its test columns are those of the images held out") {
  const ColumnsSet set;
  const ShortRun run = short_run("classifier",
                                 {.batch = 40,
                                  .steps = 60,
                                  .evaluate_every = 60,
                                  .data = set.data(),
                                  .values = {{"width", "4"}, {"lr", "0.01"}, {"shift", "0"}}},
                                 60);
  const std::vector<float> loss = run.column("classifier", "objective");
  REQUIRE(loss.size() == 60);
  CHECK(loss.front() > 1.8f);
  const LoweredEvaluation& test = run.replicas[0].evaluations.at(0);
  CHECK(test.samples == 70);
  const auto accuracy = run.sink.column<double>(0, 1, 1);
  REQUIRE(!accuracy.empty());
  CHECK(accuracy.back() > 0.9);
  // A share of 70 images.
  CHECK(accuracy.back() * 70 == doctest::Approx(std::round(accuracy.back() * 70)).epsilon(1e-9));
}

TEST_CASE("a set without test files holds out every tenth image, and trains on the others") {
  ImageSet all{.count = 25, .channels = 1, .height = 1, .width = 2, .bytes = {}, .labels = {}};
  for (int i = 0; i < 25; ++i) {
    all.labels.push_back(static_cast<std::uint16_t>(i));
    for (int p = 0; p < 2; ++p) all.bytes.push_back(static_cast<std::uint8_t>(2 * i + p));
  }
  const ImageSet held = part_of(all, Part::held_out), rest = part_of(all, Part::trained);
  CHECK(held.count == 2);
  CHECK(held.labels == std::vector<std::uint16_t>{9, 19});
  CHECK(held.bytes == std::vector<std::uint8_t>{18, 19, 38, 39});
  CHECK(rest.count == 23);
  CHECK(rest.labels.size() == 23);
  CHECK(rest.bytes.size() == 46);
  CHECK(std::ranges::count(rest.labels, 9) == 0);
}

TEST_CASE("the classifier refuses sets without labels and sets without an end") {
  const auto refused = [](const std::string& data) {
    return error_of([&] { composed("classifier", {.data = data}); });
  };
  // Once said of two nodes of one name.
  const ColumnsSet set;
  CHECK(error_of([&] { composed("classifier", {.batch = 10, .data = set.data() + "#test"}); }) ==
        "2 --data " + set.data() +
            "#test: these are the images that a classifier is tested on, train it on the others, "
            "without #test");
  CHECK(refused("spheres").find("2 data set 'spheres' is drawn without end and holds nothing out: "
                                "choose one of mnist, fashion-mnist, ") == 0);
}
