#include "graphs/parts/dataset.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>

#include "engine/graph/lower.h"
#include "engine/run/runner.h"
#include "graphs/presets.h"
#include "io/disk/hdf5.h"
#include "io/images/png.h"
#include "ops/layers/forward.h"
#include "ops/layers/mlp.h"
#include "ops/optimizers/sgd.h"
#include "ops/ports.h"
#include "ops/primitives/primitives.h"
#include "support/image_files.h"
#include "support/run_example.h"
#include "support/toy_flow.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

// Folders of `classes` classes with `each` images of 4 x 4; all pixels of an image of class k are
// k.
struct Folders {
  TemporaryDirectory dir;
  Folders(int classes, int each, Extent channels = 3) {
    for (int k = 0; k < classes; ++k) {
      std::filesystem::create_directory(dir / std::to_string(k));
      for (int i = 0; i < each; ++i) {
        Pixels p = flat_picture(4, 4, channels, 0);
        for (std::uint8_t& v : p.data) v = static_cast<std::uint8_t>(k);
        write_png(dir / fmt::format("{}/{}.png", k, i), p);
      }
    }
  }
  std::string name() const { return "images:" + dir.path(); }
};

}  // namespace

TEST_SUITE("data") {
  TEST_CASE("images come flat or as planes, in the range that was asked for") {
    const Folders folders(3, 4);
    Graph g("test", {.batch = 5});
    const DataSet flat = add_data(g, folders.name());
    CHECK(flat.port.shape() == Shape{5, 48});
    CHECK(flat.features == 48);
    CHECK(flat.picture.channels == 3);
    CHECK(flat.picture.lo == 0);
    CHECK(flat.label().shape() == Shape{5});
    CHECK(flat.label().classes() == 3);
    Graph h("test", {.batch = 5});
    const DataSet planes =
        add_data(h, folders.name(), {.planes = true, .range = PixelRange::symmetric});
    CHECK(planes.port.shape() == Shape{5, 3, 4, 4});
    CHECK(planes.features == 48);
    CHECK(planes.picture.lo == -1);
    const auto value = [](const GraphSettings& settings, const std::string& option) {
      Graph graph("test", settings);
      graph.defaults({.batch = 2});
      add_data(graph, *settings.data, {.dequantise = true});
      for (const auto& [name, text] : graph.option_values())
        if (name == option) return text;
      return std::string("none");
    };
    CHECK(value({.data = folders.name()}, "dequantise") == "1");
    CHECK(value({.data = folders.name(), .values = {{"dequantise", "0"}}}, "dequantise") == "0");
    CHECK(error_of([&] {
            value({.data = folders.name(), .values = {{"dequantise", "2"}}}, "");
          }).starts_with("2 --set dequantise=2: no such truth value"));
    CHECK(
        value({.data = folders.name(), .values = {{"images.side", "2"}, {"images.channels", "1"}}},
              "images.side") == "2");
  }

  TEST_CASE("spheres as planes in [-1, 1] hold the same pixels and are measured alike") {
    const auto rows = [](DataForm form) {
      Graph g("test", {.batch = 8});
      const Network D = g.network("D", mlp({784, 1}, relu));
      const DataSet data = add_data(g, "spheres", form);
      // Back to rows in [0, 1] by hand.
      const Port pixels = g.add(
          "pixels",
          [form](Formula&, Value x) {
            if (form.range == PixelRange::symmetric) x = 0.5 * (x + 1.0);
            return reshape(x, {x.rows(), 784});
          },
          data.port);
      g.phase("critic", 1).minimize("step", mean(g.add("judge", Forward{D}, pixels)), D, Sgd{});
      g.tap("mean", mean(pixels));
      const Port noise = g.add("noise", [](Formula& f) {
        return random(f.builder(), RandomKind::uniform, {f.batch(), 784}, f.stream("z"));
      });
      const Port fake = g.add(
          "fake",
          [form](Formula&, Value x) {
            if (form.range == PixelRange::symmetric) x = 2.0 * x - 1.0;
            return form.planes ? reshape(x, {x.rows(), 1, 28, 28}) : x;
          },
          noise);
      evaluate_data(g, "spheres", fake, Scalar(0), every(0), form);
      ProgramCache cache;
      std::vector<LoweredReplica> lowered{lower(g, 3, cache)};
      MemorySink sink(lowered);
      run_toy(std::move(lowered), {.steps = 4, .threads = 1}, sink);
      std::vector<double> values;
      for (const float v : sink.column<float>(0, 0, 2)) values.push_back(v);
      for (std::size_t t = 0; t < sink.tables[0].size(); ++t)
        if (sink.tables[0][t].name == "quality")
          values.push_back(sink.column<double>(0, static_cast<int>(t), 1).at(0));
      return values;
    };
    const auto flat = rows({}), planes = rows({.planes = true, .range = PixelRange::symmetric});
    REQUIRE(flat.size() == 5);
    REQUIRE(planes.size() == 5);
    for (std::size_t i = 0; i < flat.size(); ++i)
      CHECK(planes[i] == doctest::Approx(flat[i]).epsilon(1e-4));
  }

  TEST_CASE("labels match their images for any number of threads, epoch after epoch") {
    const Folders folders(5, 8);
    std::vector<std::vector<std::byte>> expected;
    for (const int threads : {1, 2, 8}) {
      Graph g("test", {.batch = 8});
      const DataSet data = add_data(g, folders.name(), {.planes = true});
      const Network D = g.network("D", mlp({48, 1}, relu));
      const Port rows = g.add(
          "rows",
          [](Formula&, Value x) {
            return reshape(x, {x.rows(), 48});
          },
          data.port);
      g.phase("critic", 2).minimize("step", mean(g.add("judge", Forward{D}, rows)), D, Sgd{});
      const auto wrong = [](Formula&, Value x, Value label) {
        return sum(square(255.0 * x - broadcast(label, {1}, {48})));
      };
      g.tap("wrong", g.add("wrong", wrong, rows, data.label()));
      g.tap("mean_label", mean(data.label()));
      ProgramCache cache;
      std::vector<LoweredReplica> lowered{lower(g, 3, cache)};
      MemorySink sink(lowered);
      CHECK_FALSE(
          run_toy(std::move(lowered), {.steps = 20, .threads = threads}, sink).replicas[0].failed);
      const std::vector<Column>& columns = sink.tables[0][0].columns();
      for (int c = 1; c < static_cast<int>(columns.size()); ++c) {
        const auto values = sink.column<float>(0, 0, c);
        if (columns[c].name == "wrong")
          for (const float v : values) REQUIRE(v < 1e-6f);
        if (columns[c].name == "mean_label")  // 40 images: an epoch is 5 batches, mean label 2
          for (std::size_t epoch = 0; epoch < 4; ++epoch) {
            float sum = 0;
            for (std::size_t i = 0; i < 5; ++i) sum += values[5 * epoch + i];
            CHECK(sum == doctest::Approx(10));
          }
      }
      if (threads == 1) expected = sink.deterministic_rows(0);
      CHECK(sink.deterministic_rows(0) == expected);
    }
  }

  TEST_CASE("a set without labels is refused by the graph that needs them") {
    const std::string choose =
        ", which graph 'cdcgan' needs: choose one of mnist, fashion-mnist, emnist, cifar10, "
        "cifar100, images, hdf5, "
        "with labels";
    const auto error = [](const std::string& name) {
      Graph g("cdcgan", {.batch = 1});
      const DataSet data = add_data(g, name);
      return error_of([&] { data.label(); });
    };
    CHECK(error("spheres") == "2 data set 'spheres' has no labels" + choose);
    CHECK(error("gaussians8") == "2 data set 'gaussians8' has no labels" + choose);
    const Folders one(1, 2);
    CHECK(error(one.name()) == "2 data set '" + one.name() +
                                   "' has no labels (all its images lie in one folder, 0)" +
                                   choose);
  }

  TEST_CASE("points are refused where images are wanted") {
    Graph g("dcgan");
    CHECK(error_of([&] { add_data(g, "swissroll", {.planes = true}); }) ==
          "2 data set 'swissroll' holds points, graph 'dcgan' needs images: choose one of spheres, "
          "mnist, fashion-mnist, emnist, cifar10, cifar100, images, hdf5");
  }

  TEST_CASE("images of another size are refused, folders are made to fit") {
    const auto error = [](const std::string& name, const DataForm& form) {
      Graph g("dcgan", {.batch = 2});
      return error_of([&] { add_data(g, name, form); });
    };
    CHECK(error("spheres:48", {.side = 32, .channels = 3}) ==
          "2 data set 'spheres:48' holds images of 48 x 48 pixels with 1 channel, graph 'dcgan' "
          "needs "
          "32 x 32 pixels with 3 channels");
    CHECK(error("spheres", {.planes = true, .channels = 3}) ==
          "2 data set 'spheres' holds images of 28 x 28 pixels with 1 channel, graph 'dcgan' needs "
          "any size with 3 channels");
    CHECK(error("spheres", {.side = 28}) == "");
    const Folders folders(2, 2, 1);
    Graph g("dcgan", {.batch = 2});
    const DataSet data = add_data(g, folders.name(), {.planes = true, .side = 8, .channels = 3});
    CHECK(data.port.shape() == Shape{2, 3, 8, 8});
  }

  TEST_CASE("a part of a data set that is missing is noted") {
    const TemporaryDirectory dir;
    write_bytes(dir / "data_batch_2.bin.gz", gzip(cifar_records(10000), 1));
    Graph g("test");
    const DataSet data = add_data(g, "cifar10:" + dir.path());
    CHECK(data.port.shape() == Shape{64, 3072});
    CHECK(data.label().classes() == 10);
    REQUIRE(g.notes().size() == 2);
    CHECK(g.notes()[0] ==
          "cifar10: 10000 images of 32 x 32 pixels (height x width) with 3 channels, 10 classes: "
          "airplane, automobile, bird, cat, deer, dog, frog, horse, ship, truck");
    CHECK(g.notes()[1] ==
          "cifar10: directory " + dir.path() +
              " lacks data_batch_1.bin[.gz], data_batch_3.bin[.gz], data_batch_4.bin[.gz], "
              "data_batch_5.bin[.gz]: the set is 10000 of 50000 images");
  }

  // Was: "there is no directory DIR#test"; the test images of MNIST and CIFAR could not be named.
  TEST_CASE("#test is the other part of a set, also beside it in one graph") {
    const TemporaryDirectory dir;
    const auto write = [&](const std::string& prefix, std::uint32_t count) {
      write_bytes(dir / (prefix + "-images-idx3-ubyte"),
                  idx_bytes(0x803, {count, 2, 2}, 4 * count));
      write_bytes(dir / (prefix + "-labels-idx1-ubyte"), idx_bytes(0x801, {count}, count));
    };
    write("train", 7);
    write("t10k", 3);
    const std::string name = "mnist:" + dir.path();
    Graph g("test", {.batch = 2});
    const DataSet train = add_data(g, name), test = add_data(g, name + "#test");
    CHECK(train.name == name);
    CHECK(test.name == name + "#test");
    CHECK(g.images().at("mnist").count == 7);
    CHECK(g.images().at("mnist.test").count == 3);
    CHECK(g.images().at("mnist.test").class_names.at(9) == "9");
    REQUIRE(g.notes().size() == 2);
    CHECK(g.notes()[1].starts_with("mnist.test: 3 images of 2 x 2 pixels"));
    Graph h("test", {.batch = 2});
    CHECK(add_data(h, name + "#train").port.shape() == Shape{2, 4});
    CHECK(h.images().at("mnist").count == 7);
    const auto error = [](const std::string& data) {
      Graph graph("test", {.batch = 2});
      return error_of([&] { add_data(graph, data); });
    };
    CHECK(error(name + "#tset") ==
          "2 --data " + name +
              "#tset: '#tset' is unknown; did you mean 'test'? there are: train, test");
    CHECK(error(name + "#train#test") ==
          "2 --data " + name + "#train#test: #train and #test are two parts of the set, name one");
    CHECK(error("emnist:" + dir.path() + "#letters#digits").find("are 2 parts of EMNIST") !=
          std::string::npos);
    CHECK(error("emnist:" + dir.path() + "#digits#test").find("emnist-digits-test-images") !=
          std::string::npos);
    CHECK(error("cifar100:" + dir.path() + "#coarse#test").find("lacks test.bin") !=
          std::string::npos);
    CHECK(error("cifar10:" + dir.path() + "#test").find("lacks test_batch.bin") !=
          std::string::npos);
    CHECK(error("gaussians8#test") ==
          "2 --data gaussians8#test: 'gaussians8' takes nothing behind its name, write --data "
          "gaussians8");
  }

  TEST_CASE("without a path the set lies below GANFLOW_DATA; a kept run reads nothing") {
    const TemporaryDirectory dir;
    std::filesystem::create_directory(dir / "mnist");
    write_bytes(dir / "mnist/t10k-images-idx3-ubyte", idx_bytes(0x803, {3, 2, 2}, 12));
    write_bytes(dir / "mnist/t10k-labels-idx1-ubyte", idx_bytes(0x801, {3}, 3));
    const char* root = std::getenv("GANFLOW_DATA");
    const std::string was = root ? root : "";
    ::setenv("GANFLOW_DATA", dir.path().c_str(), 1);
    Graph g("test", {.batch = 2});
    const std::string error = error_of([&] { add_data(g, "mnist#test"); });
    if (root)
      ::setenv("GANFLOW_DATA", was.c_str(), 1);
    else
      ::unsetenv("GANFLOW_DATA");
    CHECK(error == "");
    CHECK(g.images().at("mnist.test").count == 3);
    Graph kept("test", {.batch = 2, .images = g.images()});
    CHECK(add_data(kept, "mnist:/gone/with#hash#test").label().classes() == 10);
  }

  // Was: only /images and /labels of a file could be read, at the size they had.
  TEST_CASE("datasets of an HDF5 file by name, resized by --set size") {
    const TemporaryDirectory dir;
    const std::string path = dir / "f.h5";
    {
      const hdf5::File file = hdf5::create_file(path);
      const hdf5::Dataset x = hdf5::create_dataset(file.id(), "data/x", H5T_NATIVE_UINT8,
                                                   hdf5::simple_space({4, 6, 8, 3}));
      const std::vector<std::uint8_t> bytes(4 * 6 * 8 * 3, 77);
      hdf5::check(H5Dwrite(x.id(), H5T_NATIVE_UINT8, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data()),
                  "write");
    }
    Graph g("test", {.batch = 2});
    CHECK(add_data(g, "hdf5:" + path + "#images=data/x", {.planes = true}).port.shape() ==
          Shape{2, 3, 6, 8});
    Graph h("test", {.batch = 2, .values = {{"size", "4"}}});
    const DataSet small = add_data(h, "hdf5:" + path + "#images=data/x", {.planes = true});
    CHECK(small.port.shape() == Shape{2, 3, 4, 4});
    CHECK(small.picture.height == 4);
    CHECK(
        error_of([&] {
          add_data(h, "hdf5:" + path + "#image=data/x");
        }).ends_with("'#image=data/x' is unknown; there are: train, val, test, images=, labels="));
  }
}
