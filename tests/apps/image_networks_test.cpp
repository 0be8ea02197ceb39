// The command on convolutional networks: equal runs, and bad input that it refuses before a run
// begins.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <filesystem>

#include "io/images/png.h"
#include "support/command.h"
#include "support/image_files.h"
#include "support/run_example.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

// Twelve 32 x 32 pictures in folders of two classes, or in none.
void write_pictures(const TemporaryDirectory& dir, bool classes, Extent channels = 3) {
  for (int i = 0; i < 12; ++i) {
    const std::string folder = classes ? dir / (i % 2 ? "cat" : "dog") : dir.path();
    std::filesystem::create_directories(folder);
    write_png(folder + fmt::format("/{:02}.png", i), flat_picture(32, 32, channels, 20 * i));
  }
}

// The run does not begin: its sentence, and no directory.
void refused(const std::string& arguments, int code, const std::string& sentence) {
  const TemporaryDirectory dir;
  const Outcome outcome =
      command("train " + arguments + " --batch 4 --set width=2 --steps 2 --out " + (dir / "run"));
  CAPTURE(outcome.output);
  CHECK(outcome.exit_code == code);
  CHECK(outcome.output.find(sentence) != std::string::npos);
  CHECK_FALSE(std::filesystem::exists(dir / "run"));
}

}  // namespace

TEST_SUITE("image networks") {
  TEST_CASE("convolutional runs: equal Variables and tables for threads 1, 2, 8 and replicas" *
            doctest::test_suite("exhaustive")) {
    const TemporaryDirectory dir, pictures;
    write_pictures(pictures, true);
    // Batch statistics; layer norm with a penalty and reused noise; residual blocks with a penalty
    // and the generator's; stages that grow.
    for (const std::string graph :
         {"cdcgan --steps 12 --set reuse_noise=1", "wgan-gp-conv --steps 12 --set n_critic=3",
          "wgan-gp-resnet --steps 6 --set n_critic=2 --set smooth=1",
          "progressive --steps 12 --set stage_iterations=3"}) {
      CAPTURE(graph);
      const std::string run = fmt::format(
          "train {} --data images:{} --seed 7 --batch 4 --set width=4 --set latent=4 "
          "--checkpoint-every 4 --sample-every 6",
          graph, pictures.path());
      const std::string name = graph.substr(0, graph.find(' '));
      const Outcome first = command(fmt::format("{} --threads 1 --out {}", run, dir / name));
      REQUIRE_MESSAGE(first.exit_code == 0, first.output);
      const Left reference = left_by(dir / name, 0);
      for (const auto& [threads, replicas] : {std::pair(2, 1), {8, 3}}) {
        const std::string other = dir / fmt::format("{}-{}-{}", name, threads, replicas);
        REQUIRE(command(fmt::format("{} --threads {} --replicas {} --out {}", run, threads,
                                    replicas, other))
                    .exit_code == 0);
        CHECK(left_by(other, 0) == reference);
        if (replicas == 3) CHECK_FALSE(left_by(other, 2) == reference);
      }
    }
  }

  TEST_CASE("a critic with batch norm and a gradient penalty is refused, unless forced") {
    const TemporaryDirectory dir, pictures;
    write_pictures(pictures, false);
    const std::string graph =
        "wgan-gp-conv --set critic_norm=batch --data images:" + pictures.path();
    refused(graph, 2,
            "penalty (GradientPenalty): the slope of a sample goes through layer 'D/norm1'");
    const Outcome forced = command("train " + graph +
                                   " --set coupled=1 --set n_critic=1 --batch 4 --set width=2 "
                                   "--steps 2 --out " +
                                   (dir / "run"));
    CHECK_MESSAGE(forced.exit_code == 0, forced.output);
  }

  TEST_CASE("labels that a conditional graph needs and the data lacks") {
    const TemporaryDirectory dir;
    write_pictures(dir, false);
    refused("cdcgan --data images:" + dir.path(), 2,
            "ganflow: data set 'images:" + dir.path() +
                "' has no labels (its image 00.png lies in no folder of a class), which graph "
                "'cdcgan' needs: choose one of mnist, fashion-mnist, emnist, cifar10, cifar100, "
                "images, hdf5, with "
                "labels");
    refused("guide-wgan --data images:" + dir.path(), 2, "which graph 'guide-wgan' needs");
  }

  TEST_CASE("images of another size or channel count") {
    const TemporaryDirectory dir;
    write_bytes(dir / "data_batch_1.bin", cifar_records(10000));
    refused("mu-mnist --data cifar10:" + dir.path(), 2,
            "ganflow: data set 'cifar10:" + dir.path() +
                "' holds images of 32 x 32 pixels with 3 channels, graph 'mu-mnist' needs 28 x 28 "
                "pixels with 1 channel");
    refused("dcgan --data spheres:48", 2,
            "ganflow: data set 'spheres:48' holds images of 48 x 48 pixels with 1 channel, graph "
            "'dcgan' needs 32 x 32 pixels");
    const TemporaryDirectory mixed;
    write_pictures(mixed, false);
    write_png(mixed / "03.png", flat_picture(32, 32, 1, 9));
    refused("dcgan --data images:" + mixed.path(), 6,
            "ganflow: " + (mixed / "03.png") + " has 1 channel, expected 3 as " +
                (mixed / "00.png") + " has; set images.channels to convert all");
  }

  TEST_CASE("damaged and truncated files") {
    const TemporaryDirectory dir;
    write_pictures(dir, false);
    std::vector<char> bytes = file_bytes(dir / "05.png");
    bytes.resize(bytes.size() / 2);
    write_bytes(dir / "05.png", bytes);
    refused("dcgan --data images:" + dir.path(), 6,
            "ganflow: " + (dir / "05.png") + " is not a readable PNG file: ");
    const TemporaryDirectory cifar;
    write_bytes(cifar / "data_batch_1.bin", cifar_records(325));
    refused("dcgan --data cifar10:" + cifar.path(), 6,
            "ganflow: " + (cifar / "data_batch_1.bin") +
                " is truncated: expected 10000 records of 3073 bytes, 30730000 bytes, found 998725 "
                "bytes");
    std::filesystem::remove(cifar / "data_batch_1.bin");
    std::vector<char> packed = gzip(cifar_records(10000), 1);
    packed.resize(packed.size() / 2);
    write_bytes(cifar / "data_batch_1.bin.gz", packed);
    const std::string truncated =
        "ganflow: " + (cifar / "data_batch_1.bin.gz") + " is truncated: its gzip data end at byte ";
    refused("cdcgan --data cifar10:" + cifar.path(), 6, truncated);
    refused("cdcgan --data cifar10:" + cifar.path(), 6, " of 30730000 unpacked bytes");
  }
}
