// Bad input stops with one clear sentence and its exit code before anything is trained.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "io/disk/durable.h"
#include "support/command.h"
#include "support/run_example.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

void refused(const std::string& arguments, int code, const std::string& sentence,
             const std::string& environment = "") {
  const TemporaryDirectory dir;
  const Outcome outcome = command(arguments + " --out " + (dir / "run"), environment);
  CAPTURE(outcome.output);
  CHECK(outcome.exit_code == code);
  CHECK(outcome.output.find(sentence) != std::string::npos);
  CHECK_FALSE(std::filesystem::exists(dir / "run/metrics.h5"));
}

}  // namespace

TEST_SUITE("refusals") {
  TEST_CASE("names that do not exist: what there is, and the nearest") {
    refused("train thesis-82", 2,
            "ganflow: 'thesis-82': no such preset or graph; did you mean 'thesis-28'? there are: "
            "thesis-1d, thesis-28, ");
    refused(
        "train thesis-28 --data sphere", 2,
        "ganflow: --data sphere: no such data set; did you mean 'spheres'? there are: spheres, ");
    // A newcomer gave a folder alone, and was told the names of all sets.
    refused(
        "train dcgan --data /tmp", 2,
        "ganflow: --data /tmp: a path follows the name of its set; did you mean 'images:/tmp'?");
    refused("train dcgan --data a/faces.h5", 2,
            "ganflow: --data a/faces.h5: a path follows the name of its set; did you mean "
            "'hdf5:a/faces.h5'?");
    refused("train thesis-28 --set penalty.lamda=1", 2,
            "ganflow: --set penalty.lamda: graph thesis-28 has no such option; did you mean "
            "'penalty.lambda'? there are: ");
    refused("train thesis-28 --set optimizer=adams", 2,
            "ganflow: --set optimizer=adams: no such optimizer; did you mean 'adam'? there are: "
            "rmsprop, rmsprop.tf, adam, sgd");
    refused("train toy-8gaussians --measure mid", 2,
            "ganflow: --set measure=mid: no such measure; there are: interpolated, real, ");
    refused("train thesis-28 --stepps 5", 2, "--stepps");
  }

  TEST_CASE("plateaus of what is not measured, or not in time") {
    refused("train thesis-28 --stop-after 3", 2,
            "ganflow: --stop-after 3: say which column is to get better, --keep-best quality.kl");
    refused("train thesis-28 --stop-after 3 --keep-best critic.objective", 2,
            "ganflow: --stop-after 3: no evaluation of this run measures 'critic.objective'");
    refused("train thesis-28 --stop-after 0", 2, "--stop-after");
    refused("train thesis-28 --set \"lr=plateau(1e-3:0.5,3:quality.kl)\" --evaluate-every 0", 2,
            "ganflow: lr is plateau(0.001: 0.5, 3: quality.kl): 'quality' is measured at the end "
            "only; use --evaluate-every N");
    refused(
        "train thesis-28 --set \"k=plateau(-0.5:0.5,3:quality.kl)\"", 2,
        "reads it, which does not wait for evaluations; only numbers of training steps follow a "
        "plateau");
  }

  TEST_CASE("devices and precisions that this build lacks") {
    // A GPU of this number no machine has; without a driver or the backend that is said.
    refused("train thesis-28 --device cuda:99", 2, "ganflow: --device cuda");
    refused("train thesis-28 --device tpu", 2, "ganflow: --device tpu: no such device");
    refused("train thesis-28 --precision bf16", 2,
            "ganflow: --precision bf16: this build has auto and fp32 only; use --precision auto");
  }

  // Was: recorded with U+FFFD, so that sample and --resume could not find it.
  TEST_CASE("a path that is not UTF-8") {
    refused("train thesis-mnist --data mnist:/d\xe9j\xe0", 2,
            "ganflow: --data mnist:/d\xe9j\xe0: the path is not UTF-8 text");
  }

  // Was: a million updates were made without a word.
  TEST_CASE("fewer updates than one iteration makes") {
    const TemporaryDirectory dir;
    const Outcome outcome =
        command("train thesis-28 --set n_critic=30 --steps 20 --out " + (dir / "run"));
    CHECK(outcome.exit_code == 0);
    CHECK(outcome.output.find("--steps 20: one iteration of this graph makes 30 critic updates") !=
          std::string::npos);
  }

  TEST_CASE("sizes that do not fit") {
    refused("train thesis-28 --batch 401", 2,
            "ganflow: spheres (Spheres): the batch of 401 is larger than the set of 400 items; use "
            "--batch 400");
    // Was: the name twice; "radius at most 0".
    refused("train thesis-28 --set spheres.radius=20", 2,
            "ganflow: spheres (Spheres): radius 20 does not fit side 28: a disc is 41 pixels wide, "
            "make side at least 41 or radius at most 13\n");
    refused("train thesis-28 --set spheres.side=1", 2, "make side at least 9\n");
    refused("train thesis-28 --set generator=64y", 2,
            "ganflow: --set generator=64y: hidden layers are sizes joined by x, as in 64x128");
    refused("train thesis-28 --set lr=", 2, "ganflow: --set lr=: one of the values is empty");
    // 64,64 was meant for two layers, 64x64, and trained two equal replicas.
    refused("train thesis-28 --set generator=64,64", 2,
            "ganflow: --set generator=64,64: 64 stands twice, and each value of a list is a run; "
            "several seeds of one are --replicas N");
    refused("train thesis-28 --replicas 10000 --set lr=1,2", 2,
            "ganflow: 2 --set combinations of 10000 replicas: at most 10000 runs side by side");
    refused("train thesis-28 --set lr=1 --set lr=2", 2, "ganflow: --set lr=2: 'lr' is given twice");
  }

  // Was: trained, to a loss of 8e18, with exit code 0.
  TEST_CASE("numbers of a graph that make no sense") {
    refused("train thesis-28 --set lr=-1", 2,
            "ganflow: critic_step (RmsProp): lr is -1, it must be at least 0");
    refused("train thesis-28 --set l2=-1", 2,
            "ganflow: critic_step (RmsProp): l2 is -1, it must be at least 0");
    refused("train thesis-28 --set penalty.lambda=-10", 2,
            "ganflow: penalty (GradientPenalty): penalty.lambda is -10, it must be at least 0");
    refused("train thesis-28-sts --set k=2", 2,
            "ganflow: sharpen (TunableSigmoid): k is 2, it must be from -1 to 0");
    refused("train thesis-28 --set \"lr=linear(1:-1,0:9)\"", 2,
            "ganflow: critic_step (RmsProp): lr is linear(1: -1, 0: 9), it must be at least 0");
    refused("train thesis-28 --set lr=fast", 2, "ganflow: --set lr: 'fast' is not a schedule");
    refused("train toy-8gaussians --set generator=2147483647", 2,
            "has more than 17179869184 elements; lower its sizes");
  }

  TEST_CASE("data files: missing, of another format, truncated") {
    const TemporaryDirectory dir;
    refused("train thesis-mnist", 2,
            "ganflow: --data mnist: say where its files are, --data mnist:DIR, or set GANFLOW_DATA "
            "to the folder that holds 'mnist'",
            "env -u GANFLOW_DATA");
    refused("train thesis-mnist --data mnist:" + dir.path(), 2, "train-images-idx3-ubyte");
    const std::string images = dir / "train-images-idx3-ubyte";
    std::ofstream(dir / "train-labels-idx1-ubyte") << "read after the images";
    std::ofstream(images) << "no idx file at all";
    refused("train thesis-mnist --data mnist:" + dir.path(), 6, images);
    const char header[] = {0, 0, 8, 3, 0, 0, 1, 0, 0, 0, 0, 28, 0, 0, 0, 28};
    std::ofstream(images, std::ios::binary).write(header, sizeof header);
    refused("train thesis-mnist --data mnist:" + dir.path(), 6, images);
  }

  TEST_CASE("a run directory that holds another run, or is in use, stays as it is") {
    const TemporaryDirectory dir;
    const std::string run = dir / "run",
                      flags = "train thesis-28 --steps 10 --batch 8 --out " + run;
    REQUIRE(command(flags).exit_code == 0);
    const Left before = left_by(run, 0);
    const Outcome again = command(flags);
    CHECK(again.exit_code == 2);
    CHECK(again.output.find(run) != std::string::npos);
    const Outcome other = command("train thesis-two --steps 10 --batch 8 --resume --out " + run);
    CHECK(other.exit_code == 2);
    CHECK(other.output.find("graph was thesis-28, these flags say thesis-two") !=
          std::string::npos);
    const Outcome changed = command(flags + " --resume --set lr=0.5");
    CHECK(changed.exit_code == 2);
    CHECK(changed.output.find(
              "the run was begun otherwise: lr was 0.001, these flags say 0.5; leave") !=
          std::string::npos);
    {
      const RunLock lock(run);
      const Outcome busy = command(flags + " --resume");
      CHECK(busy.exit_code == 4);
      CHECK(busy.output.find("in use by pid") != std::string::npos);
    }
    CHECK(left_by(run, 0) == before);
    const Outcome nowhere = command("train thesis-28 --resume --out " + (dir / "none"));
    CHECK(nowhere.exit_code == 2);
  }

  TEST_CASE("a loss that is not finite names replica, node and step; the other replica finishes") {
    const TemporaryDirectory dir;
    const std::string run = dir / "run";
    const Outcome outcome = command(
        "train thesis-28 --steps 40 --batch 8 --checkpoint-every 10 --set "
        "\"lr=1e-3,steps(0:1e-3,22:1e30)\" --out " +
        run);
    CAPTURE(outcome.output);
    CHECK(outcome.exit_code == 1);
    CHECK(outcome.output.find("node 'critic_step' replica 1 step ") != std::string::npos);
    CHECK(outcome.output.find("the last good checkpoint is step 20") != std::string::npos);
    CHECK(left_by(run, 0).step == 40);
    CHECK(left_by(run, 1).step == 20);
    // Was: only the terminal had ever said why.
    const Outcome csv = command("export " + run + " --csv --out " + (dir / "csv"));
    CAPTURE(csv.output);
    CHECK(csv.exit_code == 0);
    std::ifstream file(dir / "csv/summary.csv");
    const std::string summary{std::istreambuf_iterator<char>(file), {}};
    CHECK(summary.find("node 'critic_step' replica 1 step ") != std::string::npos);
    CHECK(summary.find("replica 0 step ") == std::string::npos);
  }

  // Was: the checkpoint of step 25, of weights of 1e30, was called good; so was one that is not
  // finite.
  TEST_CASE("a checkpoint that made the next loss unsound is not the last good one") {
    const TemporaryDirectory dir;
    const std::string flags =
        "train toy-8gaussians --batch 16 --set generator=16 --set critic=16 --threads 1 "
        "--checkpoint-every 5 ";
    const Outcome loss =
        command(flags + "--steps 100 --set \"lr=steps(0:1e-3,25:1e30)\" --out " + (dir / "loss"));
    CAPTURE(loss.output);
    CHECK(loss.exit_code == 1);
    CHECK(loss.output.find("step 26: the loss is not finite") != std::string::npos);
    CHECK(loss.output.find("the last good checkpoint is step 20") != std::string::npos);
    const Outcome end =
        command(flags + "--steps 25 --set \"lr=steps(0:1e-3,25:1e39)\" --out " + (dir / "end"));
    CAPTURE(end.output);
    CHECK(end.exit_code == 1);
    CHECK(end.output.find("replica 0 step 25: Variable '") != std::string::npos);
    CHECK(end.output.find("; the last good checkpoint is step 20") != std::string::npos);
    CHECK(left_by(dir / "end", 0).step == 20);
  }

  // Was: refused, as "other settings, other data or another version of the program".
  TEST_CASE("a run goes on with equal numbers, however they are written") {
    const TemporaryDirectory dir;
    const std::string flags =
        "train thesis-28 --steps 10 --batch 8 --sample-every 0 --evaluate-every 0 --out " +
        (dir / "run");
    REQUIRE(command(flags + " --set lr=5e-4").exit_code == 0);
    const Outcome same =
        command(flags + " --resume --set lr=0.0005 --set n_critic=5 --set penalty.lambda=1e1");
    CAPTURE(same.output);
    CHECK(same.exit_code == 0);
    const Outcome other = command(flags + " --resume --set lr=0.00051");
    CHECK(other.exit_code == 2);
    CHECK(other.output.find("lr was 0.0005, these flags say 0.00051") != std::string::npos);
  }

  // Was: sources without a number of items, and sets of equal size, could be exchanged.
  TEST_CASE("a run goes on with its own data only") {
    const TemporaryDirectory dir;
    const std::string flags =
        "train toy-8gaussians --steps 10 --batch 8 --set generator=8 --set "
        "critic=8 --sample-every 0 --out " +
        (dir / "run");
    REQUIRE(command(flags + " --data gaussians8").exit_code == 0);
    const Outcome other = command(flags + " --resume --data gaussians25");
    CHECK(other.exit_code == 2);
    CHECK(other.output.find("data was gaussians8, these flags say gaussians25") !=
          std::string::npos);
    CHECK(command(flags + " --resume --data gaussians8").exit_code == 0);
  }

  // Was: a number of 309 digits as the bound; nan seconds were taken, and waited for ever.
  TEST_CASE("numbers that are too small") {
    const auto said = [](const std::string& flag) {
      const Outcome outcome = command("train thesis-28 " + flag);
      CHECK(outcome.exit_code == 2);
      return outcome.output;
    };
    CHECK(said("--steps 0").find("--steps: 0 is given, it must be at least 1\n") !=
          std::string::npos);
    CHECK(said("--io-grace nan").find("--io-grace: nan is given, it must be at least 0\n") !=
          std::string::npos);
    CHECK(said("--io-grace -1").find("it must be at least 0\n") != std::string::npos);
    // Was: taken for 2^64 - 1, and for the greatest number there is.
    CHECK(said("--seed -1").find("--seed: -1 is given, it must be at least 0\n") !=
          std::string::npos);
    CHECK(said("--seed 99999999999999999999")
              .find("is given, it must be at most 18446744073709551615\n") != std::string::npos);
    CHECK(said("--sample-every -1").find("it must be at least 0\n") != std::string::npos);
    CHECK(said("--steps 18446744073709551616")
              .find("is given, it must be at most 9223372036854775807\n") != std::string::npos);
    CHECK(said("--steps 20q")
              .find("--steps: 20q is given, it must be a whole number: 20000, 20k or 2e4\n") !=
          std::string::npos);
    // Was: a hang without a word; two replicas of seeds 2^64 - 1 and 0.
    CHECK(said("--batch 4611686018427387904").find("it must be at most 2147483647\n") !=
          std::string::npos);
    CHECK(said("--seed 18446744073709551615 --replicas 2")
              .find("the greatest seed is 18446744073709551615; use --seed 18446744073709551614 or "
                    "less") != std::string::npos);
    CHECK(said("--keep-every 0").find("it must be at least 1\n") != std::string::npos);
  }

  TEST_CASE("output that cannot be written") {
    const Outcome outcome = command("train thesis-28 --steps 10 --out /proc/nowhere/run");
    CHECK(outcome.exit_code == 5);
    CHECK(outcome.output.find("/proc/nowhere") != std::string::npos);
  }
}
