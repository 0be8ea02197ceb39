// Samples that are made of stored images: what is said when these have moved, how they are
// measured.
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>

#include "apps/command/quality.h"
#include "apps/command/train.h"
#include "apps/command/use_run.h"
#include "graphs/parts/dataset.h"
#include "io/disk/hdf5.h"
#include "io/run/extractor_file.h"
#include "ops/layers/conv.h"
#include "ops/layers/forward.h"
#include "ops/layers/layers.h"
#include "ops/optimizers/adam.h"
#include "ops/primitives/arithmetic.h"
#include "ops/primitives/reduce.h"
#include "support/image_files.h"
#include "support/run_example.h"
#include "support/trained_extractor.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

// Images to images: a convolution that is to leave them as they are.
void same_image(Graph& g) {
  g.defaults({.batch = 4, .steps = 1});
  const DataSet data = add_data(g, g.data("cifar10"), {.planes = true});
  const Network T = g.network("T", layers({Conv{.channels = data.picture.channels, .kernel = 3}}));
  const Port made = g.add("made", Forward{T}, data.port);
  const auto error = [](Formula&, Value x, Value y) { return mean(square(x - y)); };
  g.phase("fit", 1).minimize("fit_step", g.add("loss", error, made, data.port), T, Adam{});
  g.sample("translated", made, data.picture, every(1), 4);
}
Compose same(const std::string&) { return same_image; }

std::vector<float> images(const std::string& file) {
  const hdf5::File opened = hdf5::open_file(file);
  const hdf5::Dataset dataset = hdf5::open_dataset(opened.id(), "images");
  std::vector<float> values(4 * 32 * 32 * 3);
  hdf5::check(H5Dread(dataset.id(), H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()),
              "read");
  return values;
}

int train_same(const cli::RunOptions& options) {
  return cli::train({.name = "same", .members = cli::members(options, "same"), .find = same},
                    options);
}

}  // namespace

TEST_SUITE("samples") {
  // In a process of its own: one process reads a data set once.
  TEST_CASE("trains on data that move afterwards" * doctest::skip()) {
    const std::string folder = std::getenv("GANFLOW_TEST_FOLDER");
    CHECK(train_same(
              {.data = "cifar10:" + folder + "/data", .threads = 1, .out = folder + "/run"}) == 0);
  }

  TEST_CASE("samples of data are drawn from where the data are") {
    const TemporaryDirectory dir;
    const std::string run = dir / "run", data = dir / "data", moved = dir / "moved";
    std::filesystem::copy(cifar_root() + "/cifar-10", data,
                          std::filesystem::copy_options::recursive);
    const std::string self = std::filesystem::read_symlink("/proc/self/exe").string();
    REQUIRE(std::system(("GANFLOW_TEST_FOLDER=" + dir.path() + " " + self +
                         " -ns -tc='trains on data that move afterwards' > " + (dir / "log"))
                            .c_str()) == 0);
    std::filesystem::rename(data, moved);
    cli::UseOptions use{.run = run, .count = 4, .out = dir / "s"};
    CHECK(error_of([&] { cli::sample_run(use, same); }) ==
          "2 " + run +
              ": the samples 'translated' are made of the run's data; say where they are, --data "
              "SET:PATH");
    use.data = "cifar10:" + moved;
    CHECK(cli::sample_run(use, same) == 0);
    CHECK(images(dir / "s.h5") == images(run + "/replica_000/translated/step_000000001.h5"));
    use.latents = "z.h5";
    CHECK(error_of([&] { cli::sample_run(use, same); }) ==
          "2 --latents z.h5: the samples 'translated' of this run are made of its data");
  }

  // Was: their latents were asked for, which they have none of.
  TEST_CASE("samples of data are measured by an extractor, though not along paths") {
    const TrainedExtractor& sees = trained_extractor();
    const TemporaryDirectory dir;
    const std::string run = dir / "run";
    REQUIRE(train_same({.data = sees.data(), .threads = 1, .out = run}) == 0);
    write_extractor(dir / "e.h5", sees.file);
    const cli::UseOptions use{.run = run};
    cli::QualityOptions quality{
        .extractor = dir / "e.h5", .measures = {"precision"}, .against = sees.data(), .count = 20};
    CHECK(cli::measure_run(use, quality, same) == 0);
    quality.measures = {"path_change"};
    CHECK(error_of([&] { cli::measure_run(use, quality, same); }) ==
          "2 " + run +
              ": --metric path_change: the samples 'translated' are made of its data, not of "
              "latents");
  }
}
