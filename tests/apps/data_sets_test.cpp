// The command on stored images of every kind.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>

#include "io/data/hdf5_images.h"
#include "io/disk/hdf5.h"
#include "io/images/png.h"
#include "io/run/run_index.h"
#include "support/command.h"
#include "support/image_files.h"
#include "support/run_example.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

// Trains some steps and looks at the RGB sample grid it left.
void trains(const std::string& arguments, Extent side) {
  const TemporaryDirectory dir;
  const std::string run = dir / "run";
  const Outcome outcome =
      command("train " + arguments +
              " --steps 20 --batch 8 --set generator=16 --set critic=16 --out " + run);
  CAPTURE(outcome.output);
  REQUIRE(outcome.exit_code == 0);
  CHECK(row_count(run, 0, "critic") == 20);
  const Pixels grid = read_png(run + "/replica_000/samples/step_000000020.png");
  CHECK(grid.channels == 3);
  CHECK(grid.height == 8 * (side + 1) - 1);
  const ImageSet samples = read_hdf5_images(run + "/replica_000/samples/step_000000020.h5");
  CHECK(samples.channels == 3);
  CHECK(samples.height == side);
}

}  // namespace

TEST_SUITE("data sets") {
  TEST_CASE("a graph of full connections trains on folders of colour images") {
    const TemporaryDirectory dir;
    for (int i = 0; i < 12; ++i)
      write_png(dir / fmt::format("{}.png", i), flat_picture(10, 14, 3, 20 * i));
    trains("wgan-gp --data images:" + dir.path() + " --set images.side=8", 8);
    const Outcome refused =
        command("train wgan-gp --batch 13 --set images.side=8 --data images:" + dir.path() +
                " --out " + (dir / "run"));
    CHECK(refused.exit_code == 2);
    CHECK(refused.output.find("the batch of 13 is larger than the set of 12 items") !=
          std::string::npos);
    write_png(dir / "5.png", flat_picture(10, 10, 3, 1));
    const Outcome sizes =
        command("train wgan-gp --data images:" + dir.path() + " --out " + (dir / "run"));
    CHECK(sizes.exit_code == 6);
    CHECK(sizes.output.find("5.png has 10 x 10 pixels (height x width), expected 10 x 14") !=
          std::string::npos);
    CHECK_FALSE(std::filesystem::exists(dir / "run"));
  }

  TEST_CASE("a graph of full connections trains on CIFAR-10, missing batches are said") {
    const TemporaryDirectory dir;
    write_bytes(dir / "data_batch_1.bin.gz", gzip(cifar_records(10000), 1));
    trains("wgan-gp --set dequantise=1 --data cifar10:" + dir.path(), 32);
    const Outcome outcome = command("train gan --plan --data cifar10:" + dir.path());
    CHECK(outcome.exit_code == 0);
    CHECK(outcome.output.find("lacks data_batch_2.bin[.gz], data_batch_3.bin[.gz]") !=
          std::string::npos);
    write_bytes(dir / "data_batch_2.bin", cifar_records(9));
    const Outcome refused =
        command("train gan --data cifar10:" + dir.path() + " --out " + (dir / "run"));
    CHECK(refused.exit_code == 6);
    CHECK(refused.output.find("data_batch_2.bin is truncated: expected 10000 records of 3073 "
                              "bytes, 30730000 bytes, found 27657 bytes") != std::string::npos);
    CHECK_FALSE(std::filesystem::exists(dir / "run"));
  }

  TEST_CASE("the real CIFAR-10 trains") {
    const char* data = std::getenv("GANFLOW_DATA");
    if (!data) {
      MESSAGE("skipped: GANFLOW_DATA names no folder with cifar-10/");
      return;
    }
    trains("sgp --data cifar10", 32);
  }

  TEST_CASE("names without a path, files that are not there") {
    const auto refused = [](const std::string& arguments, const std::string& sentence) {
      const Outcome outcome =
          command("train wgan-gp --plan --data " + arguments, "env -u GANFLOW_DATA");
      CHECK(outcome.exit_code == 2);
      CHECK(outcome.output == "ganflow: " + sentence + "\n");
    };
    refused("cifar10",
            "--data cifar10: say where its files are, --data cifar10:DIR, or set GANFLOW_DATA to "
            "the folder that holds 'cifar-10'");
    // Was: nothing of a set but its training images could be named.
    refused("mnist#test",
            "--data mnist: say where its files are, --data mnist:DIR, or set GANFLOW_DATA to the "
            "folder that holds 'mnist'");
    refused("images", "--data images: say where the files are, --data images:DIR");
    refused("hdf5", "--data hdf5: say which file, --data hdf5:FILE");
    refused("hdf5:/nowhere.h5", "there is no file /nowhere.h5");
    refused("images:/nowhere", "there is no directory /nowhere");
    const Outcome list = command("list");
    for (const char* name : {"cifar10 ", "images ", "hdf5 "})
      CHECK(list.output.find(std::string("\n  ") + name) != std::string::npos);
  }

  // Was: a set of other images was "other settings, other data or another version"; where the first
  // ones were the same, the run went on with the others.
  TEST_CASE("other images at resume are said in their own sentence") {
    const TemporaryDirectory dir;
    const std::string data = dir / "images", run = dir / "run";
    std::filesystem::create_directory(data);
    const auto write = [&](int i, int level) {
      write_png(fmt::format("{}/{:03}.png", data, i), flat_picture(4, 4, 3, level));
    };
    for (int i = 0; i < 70; ++i) write(i, 3 * i);
    const std::string flags =
        "train wgan-gp --set generator=16 --set critic=16 --steps 4 --batch 8 --data images:" +
        data + " --out " + run;
    REQUIRE(command(flags).exit_code == 0);
    const auto refused = [&] {
      const Outcome outcome = command("train --resume " + run + " --steps 8");
      CHECK(outcome.exit_code == 2);
      return outcome.output;
    };
    for (const int i : {60, 61, 69}) write(i, 1);
    CHECK(refused().find("'images' holds 70 images as it did when the run was begun, but not the "
                         "same ones (CRC32 ") != std::string::npos);
    for (const int i : {60, 61, 69}) write(i, 3 * i);
    write(70, 1);
    CHECK(refused().find("--resume " + run +
                         ": 'images' holds 71 images, the run was begun with 70; go on with the "
                         "images it was begun with, or begin a new run with its weights, --init " +
                         run) != std::string::npos);
    std::filesystem::remove(data + "/070.png");
    CHECK(command("train --resume " + run + " --steps 8").exit_code == 0);
  }

  // Was: classes had numbers only, and names from outside went to the terminal as they were.
  TEST_CASE("classes are named in run.h5 and for sample; a name cannot steer the terminal") {
    const TemporaryDirectory dir;
    const std::string data = dir / "pets", run = dir / "run";
    for (const char* name : {"cat", "dog", "\x1b[2J\nwhole"})
      for (int i = 0; i < 4; ++i) {
        std::filesystem::create_directories(data + "/" + name);
        write_png(fmt::format("{}/{}/{}.png", data, name, i), flat_picture(32, 32, 3, 9 * i));
      }
    const Outcome trained = command("train cdcgan --steps 1 --batch 4 --data images:" + data +
                                    " --set images.side=32 --out " + run);
    REQUIRE_MESSAGE(trained.exit_code == 0, trained.output);
    CHECK(trained.output.find("3 classes: \\x1b[2J\\x0awhole, cat, dog\n") != std::string::npos);
    const ImageRecord kept = read_run_index(run).info.images.at("images");
    CHECK(kept.class_names == std::vector<std::string>{"\x1b[2J\nwhole", "cat", "dog"});
    const std::string out = dir / "dogs";
    REQUIRE(command("sample " + run + " -n 3 --class dog --out " + out).exit_code == 0);
    const hdf5::File file = hdf5::open_file(out + ".h5");
    const hdf5::Dataset labels = hdf5::open_dataset(file.id(), "labels");
    std::vector<int> values(3);
    hdf5::check(H5Dread(labels.id(), H5T_NATIVE_INT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()),
                "read");
    CHECK(values == std::vector{2, 2, 2});
    // Was: files of samples said classes by number only.
    CHECK(hdf5::read_text(labels.id(), "class_names") == R"(["\u001b[2J\nwhole","cat","dog"])");
    const std::string some = "sample " + run + " -n 4 --images " + (dir / "some");
    CHECK(command(some + " --class cat").output.find("draw_0_class_1_cat.h5") != std::string::npos);
    CHECK(std::filesystem::exists(dir / "some/00003_cat.png"));
    REQUIRE(command(some).exit_code == 0);
    CHECK(std::filesystem::exists(dir / "some/00000___2J_whole.png"));
    const Outcome cow = command("sample " + run + " --class dgo");
    CHECK(cow.exit_code == 2);
    CHECK(cow.output.find("did you mean 'dog'?") != std::string::npos);
  }
}
