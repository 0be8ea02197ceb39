// The example apps as programs: what each is for is learned or computed within seconds.
#include <doctest/doctest.h>

#include <filesystem>

#include "io/disk/hdf5.h"
#include "io/images/png.h"
#include "support/command.h"
#include "support/run_example.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

// Number behind a name in what a run says at its end.
double said(const Outcome& run, const std::string& name) {
  const auto at = run.output.find("\n  " + name + " ");
  REQUIRE_MESSAGE(at != std::string::npos, name, " is not in ", run.output);
  return std::stod(run.output.substr(at + 3 + name.size()));
}

// One thread and one seed: the same numbers on every machine of one instruction set.
Outcome trained(const std::string& app, const std::string& out, const std::string& flags) {
  const Outcome run = program(app, flags + " --threads 1 --seed 1 --out " + out);
  REQUIRE_MESSAGE(run.exit_code == 0, run.output);
  return run;
}

std::vector<float> values(const std::string& file, const std::string& name) {
  const hdf5::File opened = hdf5::open_file(file);
  const hdf5::Dataset dataset = hdf5::open_dataset(opened.id(), name);
  std::size_t count = 1;
  for (const hsize_t extent : hdf5::extents(dataset)) count *= extent;
  std::vector<float> read(count);
  hdf5::check(H5Dread(dataset.id(), H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, read.data()),
              "read");
  return read;
}

}  // namespace

TEST_SUITE("examples") {
  TEST_CASE("dragan and R1 find modes of the ring" * doctest::test_suite("exhaustive")) {
    const TemporaryDirectory dir;
    const auto modes = [&](const std::string& app, const std::string& graph) {
      return said(trained(app, dir / (app + graph), graph + "--steps 2000"), "quality.modes_hit");
    };
    CHECK(modes("dragan", "") >= 6);
    CHECK(modes("r1", "lazy ") >= 6);
    CHECK(modes("r1", "every ") >= 6);
  }

  TEST_CASE("R1 lazily takes one step of the penalty for sixteen of the critic, with one Adam") {
    const TemporaryDirectory dir;
    const std::string run = dir / "run";
    trained("r1", run, "lazy --steps 34 --evaluate-every 0 --sample-every 0");
    CHECK(row_count(run, 0, "critic") == 32);
    CHECK(row_count(run, 0, "r1") == 2);
    for (const auto& [name, value] : left_by(run, 0).variables)
      CHECK_FALSE(name.starts_with("r1_step/"));
  }

  TEST_CASE("hinge_sn learns spheres, waves learns waves" * doctest::test_suite("exhaustive")) {
    const TemporaryDirectory dir;
    const Outcome spheres = trained("hinge_sn", dir / "a", "--steps 1000 --batch 32");
    CHECK(said(spheres, "quality.rmse") < 0.25);
    const Outcome waves = trained("waves", dir / "b", "--steps 3000");
    CHECK(said(waves, "fit.residual") < 0.25);
  }

  TEST_CASE("infogan's head reads the class of the code" * doctest::test_suite("exhaustive")) {
    const TemporaryDirectory dir;
    const Outcome run = trained("infogan", dir / "run", "--data spheres --steps 1200");
    CHECK(said(run, "information.categorical") < 1);  // nats, of log 10 = 2.3
  }

  // Was: samples could be made of noise only.
  TEST_CASE("cyclegan_2d keeps points with their images, and samples more of a finished run") {
    const TemporaryDirectory dir;
    const std::string run = dir / "run";
    const Outcome outcome = trained("cyclegan_2d", run, "--steps 600 --batch 64");
    CHECK(said(outcome, "inverse.distance") < 0.25);
    // Was: only samples of the name "samples" were told at the end.
    CHECK(outcome.output.find("/replica_000/pairs/step_000000600.h5\n") != std::string::npos);
    CHECK(outcome.output.find("/replica_000/samples/step_000000600.png\n") != std::string::npos);
    const std::vector<float> kept = values(run + "/replica_000/pairs/step_000000600.h5", "values");
    REQUIRE(kept.size() == 4 * 1000);
    CHECK_FALSE(std::filesystem::exists(run + "/replica_000/pairs/step_000000600.png"));
    const std::string s = dir / "s";
    const Outcome sampled = program("cyclegan_2d", "sample " + run + " -n 1000 --npz --out " + s);
    REQUIRE_MESSAGE(sampled.exit_code == 0, sampled.output);
    CHECK(values(s + "_pairs.h5", "values") == kept);
    CHECK(values(s + ".h5", "points").size() == 2000);
    CHECK(std::filesystem::exists(s + "_pairs.npz"));
    const Outcome refused = program("cyclegan_2d", "sample " + run + " --between 1,2");
    CHECK(refused.exit_code == 2);
    CHECK(refused.output ==
          "cyclegan_2d: --between 1,2: the samples 'samples' of this run are made of its data\n");
    CHECK(program("cyclegan_2d", "evaluate " + run).output.find("modes ") != std::string::npos);
  }

  // Was: "The following argument was not expected: list"; an app had one graph.
  TEST_CASE("an app lists its graphs, their options and its version") {
    for (const std::string words : {"lazy --options", "list --graph lazy"}) {
      const Outcome list = program("r1", words);
      CAPTURE(words);
      CHECK(list.exit_code == 0);
      CHECK(list.output.starts_with("lazy: --batch 128 --steps 10000\n"));
      CHECK(list.output.find("critic steps between two of the penalty") != std::string::npos);
      CHECK(list.output.find("critic_adam.lr") != std::string::npos);
      CHECK(list.output.find("network D") != std::string::npos);
    }
    CHECK(program("dragan", "list").output.starts_with("dragan: --batch 128 --steps 10000\n"));
    CHECK(program("dragan", "list").output == program("dragan", "--options").output);
    const Outcome both = program("r1", "list");
    CHECK(
        both.output.starts_with("graphs\n  lazy                   R1 every 16 critic steps\n"
                                "  every                  R1 in every critic step\n"));
    CHECK(program("r1", "--version").output.starts_with("r1 (ganflow "));
    CHECK(program("r1", "lazi --steps 1").output ==
          "r1: 'lazi': no such graph; did you mean 'lazy'? there are: lazy, every\n");
    CHECK(program("r1", "--steps 1").output ==
          "r1: say what to train, see 'r1 list', or go on with a run, --resume RUN\n");
  }

  TEST_CASE("a run of one of several graphs goes on by its own name and flags") {
    const TemporaryDirectory dir;
    const std::string run = dir / "run";
    trained("r1", run, "every --steps 4 --batch 8");
    // Was: the word behind the first flag was taken for the graph's name, and its flags were lost.
    const Outcome more = program("r1", "--steps 8 --resume " + run);
    CHECK_MESSAGE(more.exit_code == 0, more.output);
    CHECK(left_by(run, 0).step == 8);
    CHECK(program("r1", "sample " + run + " -n 4").exit_code == 0);
    const Outcome other = program("r1", "lazy --resume " + run);
    CHECK(other.exit_code == 2);
    CHECK(other.output.find("graph was every, these flags say lazy") != std::string::npos);
  }
}
