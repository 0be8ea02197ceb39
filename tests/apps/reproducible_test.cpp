// Same seed, same bits: any thread count, alone or among replicas, killed and resumed or not.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "support/command.h"
#include "support/run_example.h"
#include "support/says.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

// 60 critic updates with evaluations, samples and checkpoints on the way.
constexpr const char* kRun =
    "train thesis-28-sts --steps 60 --seed 7 --batch 16 --checkpoint-every 20 --evaluate-every 30 "
    "--sample-every 30 ";

}  // namespace

TEST_SUITE("reproducible") {
  TEST_CASE("equal Variables and tables for threads 1, 2, 8 and replicas 1, 4") {
    const TemporaryDirectory dir;
    const Outcome first = command(fmt::format("{} --threads 1 --out {}", kRun, dir / "reference"));
    REQUIRE_MESSAGE(first.exit_code == 0, first.output);
    const Left reference = left_by(dir / "reference", 0);
    CHECK(reference.step == 60);
    CHECK(row_count(dir / "reference", 0, "critic") == 60);
    CHECK(row_count(dir / "reference", 0, "generator") == 12);
    CHECK(row_count(dir / "reference", 0, "quality") == 2);
    for (int threads : {1, 2, 8})
      for (int replicas : {1, 4}) {
        CAPTURE(threads);
        CAPTURE(replicas);
        const std::string run = dir / fmt::format("t{}r{}", threads, replicas);
        REQUIRE(command(fmt::format("{} --threads {} --replicas {} --out {}", kRun, threads,
                                    replicas, run))
                    .exit_code == 0);
        CHECK(left_by(run, 0) == reference);
        if (replicas == 4) CHECK_FALSE(left_by(run, 3) == reference);
      }
  }

  TEST_CASE("another seed is another run") {
    const TemporaryDirectory dir;
    REQUIRE(command(fmt::format("{} --out {}", kRun, dir / "a")).exit_code == 0);
    REQUIRE(command(fmt::format("train thesis-28-sts --steps 60 --seed 8 --batch 16 --out {}",
                                dir / "b"))
                .exit_code == 0);
    CHECK_FALSE(left_by(dir / "a", 0).variables == left_by(dir / "b", 0).variables);
  }

  TEST_CASE("a run of a product of settings equals the runs alone") {
    const TemporaryDirectory dir;
    REQUIRE(command(fmt::format("{} --set lr=1e-3,1e-4 --out {}", kRun, dir / "both")).exit_code ==
            0);
    REQUIRE(command(fmt::format("{} --set lr=1e-4 --out {}", kRun, dir / "one")).exit_code == 0);
    CHECK(left_by(dir / "both", 1) == left_by(dir / "one", 0));
  }

  TEST_CASE("unfused agrees with fused up to rounding, and with itself bit for bit") {
    const TemporaryDirectory dir;
    REQUIRE(command(fmt::format("{} --out {}", kRun, dir / "fused")).exit_code == 0);
    REQUIRE(
        command(fmt::format("{} --fuse off --threads 1 --out {}", kRun, dir / "off1")).exit_code ==
        0);
    REQUIRE(
        command(fmt::format("{} --fuse off --threads 8 --out {}", kRun, dir / "off8")).exit_code ==
        0);
    CHECK(left_by(dir / "off1", 0) == left_by(dir / "off8", 0));
    const Left fused = left_by(dir / "fused", 0), off = left_by(dir / "off1", 0);
    // RMSProp divides by the gradient's size, so that rounding grows: parameters to 1 % of their
    // range after 60 steps, not to 1e-6.
    for (const auto& [name, values] : fused.variables) {
      if (!name.starts_with("G/") && !name.starts_with("D/")) continue;
      const auto& other = off.variables.at(name);
      double difference = 0, size = 0;
      for (std::size_t i = 0; i < values.size(); ++i) {
        difference += std::abs(values[i] - other[i]);
        size += std::abs(values[i]);
      }
      CHECK_MESSAGE(difference <= 0.01 * size, name);
    }
  }

  TEST_CASE("killed with SIGKILL and resumed, again and again, ends in the same bits") {
    const TemporaryDirectory dir;
    const std::string flags =
        "train thesis-28-sts --steps 600 --seed 3 --batch 16 --checkpoint-every 50 "
        "--evaluate-every 200 --sample-every 300 --replicas 2 --out ";
    REQUIRE(command(flags + (dir / "whole")).exit_code == 0);
    std::vector<std::string> arguments = {"train",
                                          "thesis-28-sts",
                                          "--steps",
                                          "600",
                                          "--seed",
                                          "3",
                                          "--batch",
                                          "16",
                                          "--checkpoint-every",
                                          "50",
                                          "--evaluate-every",
                                          "200",
                                          "--sample-every",
                                          "300",
                                          "--replicas",
                                          "2",
                                          "--out",
                                          dir / "killed"};
    int kills = 0;
    for (int attempt = 0; attempt < 6; ++attempt) {
      const pid_t child = start_command(arguments, dir / "log");
      // From the first checkpoint of this attempt on, at growing distances.
      for (int waited = 0; waited < 400; ++waited) {
        usleep(5000);
        if (waitpid(child, nullptr, WNOHANG) == child) break;
        const std::string rows = dir / "killed/replica_000/rows";
        std::size_t commits = 0;
        if (std::filesystem::exists(rows))
          for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(rows))
            ++commits;
        if (commits > static_cast<std::size_t>(attempt)) break;
      }
      if (kill(child, SIGKILL) == 0) {
        int status = 0;
        if (waitpid(child, &status, 0) == child && WIFSIGNALED(status)) ++kills;
      }
      if (attempt == 0 && std::filesystem::exists(dir / "killed/run.h5"))
        arguments.push_back("--resume");
    }
    CHECK(kills >= 2);
    std::string line;
    for (const std::string& a : arguments) line += a + " ";
    const Outcome last = command(line);
    REQUIRE_MESSAGE(last.exit_code == 0, last.output);
    for (int replica : {0, 1}) {
      CHECK(left_by(dir / "killed", replica) == left_by(dir / "whole", replica));
      CHECK(row_count(dir / "killed", replica, "critic") == 600);
    }
  }

  TEST_CASE("an adapted augmentation is the same for all threads, and goes on where it stopped") {
    const TemporaryDirectory dir;
    const auto run = [&](const std::string& name, const char* more) {
      return command(
                 fmt::format("train gan --set augment=colour+translation+cutout --set "
                             "augment.target=0.5 --set augment.images=640 --set generator=8 --set "
                             "critic=16 --batch 16 --seed 2 {} --out {}",
                             more, dir / name))
                 .exit_code == 0;
    };
    REQUIRE(run("whole", "--steps 50 --threads 1"));
    const Left whole = left_by(dir / "whole", 0);
    CHECK(whole.variables.at("augment/p")[0] > 0);
    REQUIRE(run("wide", "--steps 50 --threads 4"));
    CHECK(left_by(dir / "wide", 0) == whole);
    REQUIRE(run("halves", "--steps 26 --threads 2"));  // between two changes
    REQUIRE(run("halves", "--steps 50 --threads 2 --resume"));
    const Left halves = left_by(dir / "halves", 0);  // with an evaluation more, at its first end
    CHECK(halves.variables == whole.variables);
    CHECK(halves.tables.at("critic") == whole.tables.at("critic"));
  }

  TEST_CASE("a plateau lowers lr and ends a run at the same steps, stopped and resumed or not") {
    const TemporaryDirectory dir;
    const std::string flags =
        "train thesis-28 --set \"lr=plateau(1e-2:0.5,2:quality.kl)\" --batch 8 --evaluate-every 20 "
        "--checkpoint-every 30 --sample-every 0 --seed 4 --keep-best kl ";
    const Outcome whole =
        command(flags + "--steps 2000 --stop-after 5 --threads 1 --out " + (dir / "whole"));
    REQUIRE_MESSAGE(whole.exit_code == 0, whole.output);
    says(whole, "lr fell to ");
    says(whole, ": 5 evaluations without a better kl; --resume --stop-after N with a greater N");
    const Left left = left_by(dir / "whole", 0);
    REQUIRE(left.step < 2000);
    REQUIRE(left.step > 60);
    REQUIRE(command(flags + "--steps 50 --threads 4 --out " + (dir / "parts")).exit_code == 0);
    for (const char* steps : {"70", "2000 --stop-after 5", "2000 --stop-after 5"}) {
      const Outcome more =
          command(fmt::format("train --resume {} --steps {} --threads 2", dir / "parts", steps));
      REQUIRE_MESSAGE(more.exit_code == 0, more.output);
    }
    CHECK(left_by(dir / "parts", 0).step == left.step);
    CHECK(left_by(dir / "parts", 0).variables == left.variables);
  }

  TEST_CASE("SIGTERM commits and exits 0; --resume goes on to the same bits") {
    const TemporaryDirectory dir;
    const pid_t child = start_command({"train", "thesis-28-sts", "--steps", "1000000000", "--seed",
                                       "5", "--batch", "16", "--out", dir / "stopped"},
                                      dir / "log");
    for (int waited = 0; waited < 1000 && !std::filesystem::exists(dir / "stopped/metrics.h5");
         ++waited)
      usleep(2000);
    usleep(50000);
    kill(child, SIGTERM);
    int status = 0;
    waitpid(child, &status, 0);
    REQUIRE(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
    // However far it came: both go on from there by the same number of steps.
    const Step stopped = left_by(dir / "stopped", 0).step;
    CHECK(stopped % 5 == 0);
    const std::string flags =
        fmt::format("train thesis-28-sts --steps {} --seed 5 --batch 16 --out ", stopped + 100);
    REQUIRE(command(flags + (dir / "stopped") + " --resume").exit_code == 0);
    REQUIRE(command(flags + (dir / "whole")).exit_code == 0);
    CHECK(left_by(dir / "stopped", 0) == left_by(dir / "whole", 0));
  }
}
