// What the command promises about keeping, stopping and looking after a run.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <iterator>
#include <sstream>

#include "apps/command/options.h"
#include "io/run/resume.h"
#include "support/command.h"
#include "support/run_example.h"

using namespace ganflow;
using namespace ganflow::cli;
using namespace ganflow::test;

namespace {

std::vector<Step> checkpoints(const std::string& run, int replica = 0) {
  return steps_in(run + "/" + replica_directory(replica) + "/checkpoints");
}

}  // namespace

TEST_SUITE("durable") {
  TEST_CASE("checkpoints by steps or by time") {
    CHECK(parse_checkpoint_every("1000").steps == 1000);
    CHECK(parse_checkpoint_every("1000").seconds == 0);
    CHECK(parse_checkpoint_every("0").steps == 0);
    // Was: refused, though every other count may be written so.
    CHECK(parse_checkpoint_every("20k").steps == 20000);
    CHECK(parse_checkpoint_every("1.5M").steps == 1500000);
    CHECK(parse_checkpoint_every("2e4").steps == 20000);
    CHECK(parse_checkpoint_every("30s").seconds == 30);
    CHECK(parse_checkpoint_every("0.5m").seconds == 30);
    CHECK(parse_checkpoint_every("2h").seconds == 7200);
    CHECK(parse_checkpoint_every("2h").steps == 0);
    for (const char* bad : {"", "s", "0s", "-3", "-3s", "1d", "10 s", "infs", "nans", "1.5", "1x"})
      CHECK(error_of([&] { parse_checkpoint_every(bad); }) ==
            fmt::format("2 --checkpoint-every {}: write critic updates, 1000 or 20k, or a "
                        "time above zero, 30s, 5m or 2h",
                        bad));
  }

  TEST_CASE("a checkpoint by time changes no bit") {
    const TemporaryDirectory dir;
    const std::string flags = kTiny + "--steps 2000 --seed 4 --keep-last 1000 --out ";
    REQUIRE(command(flags + (dir / "time") + " --checkpoint-every 0.01s").exit_code == 0);
    REQUIRE(command(flags + (dir / "end") + " --checkpoint-every 0").exit_code == 0);
    CHECK(checkpoints(dir / "time").size() > 1);
    CHECK(checkpoints(dir / "end") == std::vector<Step>{2000});
    CHECK(left_by(dir / "time", 0) == left_by(dir / "end", 0));
  }

  TEST_CASE("the checkpoints that are kept") {
    const TemporaryDirectory dir;
    const std::string flags =
        kTiny + "--steps 1000 --checkpoint-every 100 --evaluate-every 100 --out ";
    REQUIRE(command(flags + (dir / "a") + " --keep-last 2 --keep-every 400").exit_code == 0);
    CHECK(checkpoints(dir / "a") == std::vector<Step>{400, 800, 900, 1000});
    REQUIRE(command(flags + (dir / "b") + " --keep-last 1 --keep-best quality.n").exit_code == 0);
    // All are equally good: the first.
    CHECK(checkpoints(dir / "b") == std::vector<Step>{100, 1000});
    const Outcome refused = command(flags + (dir / "c") + " --keep-best quality.mode");
    CHECK(refused.exit_code == 2);
    CHECK(refused.output.find("--keep-best quality.mode: this run measures no 'quality.mode'; did "
                              "you mean 'quality.modes'?") != std::string::npos);
    CHECK_FALSE(std::filesystem::exists(dir / "c"));
  }

  TEST_CASE("verify says which file is damaged and --resume goes on") {
    const TemporaryDirectory dir;
    const std::string run = dir / "run";
    const std::string flags = kTiny + "--steps 300 --checkpoint-every 100 --out " + run;
    REQUIRE(command(flags).exit_code == 0);
    const Left whole = left_by(run, 0);
    const Outcome good = command("verify " + run);
    CHECK(good.exit_code == 0);
    CHECK(good.output.find(" files, 0 damaged\n") != std::string::npos);
    flip_bit(run + "/replica_000/checkpoints/step_000000300.h5", 3000);
    const Outcome bad = command("verify " + run);
    CHECK(bad.exit_code == 6);
    CHECK(bad.output.find("DAMAGED  replica_000/checkpoints/step_000000300.h5 ") !=
          std::string::npos);
    CHECK(bad.output.find(" files, 1 damaged; --resume goes on from what is whole\n") !=
          std::string::npos);
    REQUIRE(command(flags + " --resume").exit_code == 0);
    CHECK(left_by(run, 0) == whole);
    CHECK(command("verify " + run).exit_code == 0);
    CHECK(command("verify " + (dir / "none")).exit_code == 2);
  }

  // Was: the file was renamed, and only the refusal that followed was said.
  TEST_CASE("damage is said before a resume is refused for its flags") {
    const TemporaryDirectory dir;
    const std::string run = dir / "run";
    const std::string flags = kTiny + "--steps 40 --checkpoint-every 20 --out " + run;
    REQUIRE(command(flags + " --seed 1").exit_code == 0);
    flip_bit(run + "/replica_000/checkpoints/step_000000040.h5", 600);
    const Outcome refused = command(flags + " --resume --seed 2");
    CAPTURE(refused.output);
    CHECK(refused.exit_code == 2);
    CHECK(refused.output.find("renamed to .corrupt") != std::string::npos);
    CHECK(refused.output.find("seed was 1, these flags say 2") != std::string::npos);
  }

  TEST_CASE("samples that collapse stop their replica with the checkpoint before") {
    const TemporaryDirectory dir;
    const std::string run = dir / "run";
    const Outcome outcome =
        command(kTiny +
                "--steps 400 --checkpoint-every 50 --evaluate-every 100 --set "
                "\"lr=1e-3,steps(0:1e-3,210:0)\" --set collapse=0.001,0.999 --out " +
                run);
    CAPTURE(outcome.output);
    CHECK(outcome.exit_code == 1);
    CHECK(outcome.output.find("node 'collapse' replica 1 step 100: the samples have collapsed: the "
                              "mean distance of 256 of them is ") != std::string::npos);
    CHECK(outcome.output.find("; the last good checkpoint is step 50") != std::string::npos);
    CHECK(checkpoints(run, 1) == std::vector<Step>{50});
    CHECK(left_by(run, 0).step == 400);
  }

  TEST_CASE("a second signal ends the process at once and the files are whole") {
    const TemporaryDirectory dir;
    const std::string run = dir / "run";
    const std::string flags = kTiny + "--steps 6000 --seed 5 --checkpoint-every 500 --out ";
    REQUIRE(command(flags + (dir / "whole")).exit_code == 0);
    std::istringstream words(flags + run);
    const pid_t child = start_command({std::istream_iterator<std::string>(words), {}}, dir / "log");
    while (!std::filesystem::exists(run + "/metrics.h5")) ::usleep(1000);
    ::kill(child, SIGINT);
    ::kill(child, SIGTERM);
    int status = 0;
    ::waitpid(child, &status, 0);
    REQUIRE(WIFEXITED(status));
    const int code = WEXITSTATUS(status);
    CHECK((code == 128 + SIGINT || code == 128 + SIGTERM));
    CHECK(command("verify " + run).exit_code == 0);
    REQUIRE(command(flags + run + " --resume").exit_code == 0);
    CHECK(left_by(run, 0) == left_by(dir / "whole", 0));
  }

  TEST_CASE("a file size limit is a full disk: exit 5, and --resume goes on") {
    const TemporaryDirectory dir;
    const std::string run = dir / "run";
    const std::string flags = kTiny + "--steps 6000 --seed 5 --checkpoint-every 6000 --out ";
    REQUIRE(command(flags + (dir / "whole")).exit_code == 0);
    // The samples of step 5000 do not fit.
    const Outcome full = command(flags + run + " --io-grace 0.3", "ulimit -f 100;");
    CAPTURE(full.output);
    CHECK(full.exit_code == 5);
    CHECK(full.output.find(" cannot be written: File too large") != std::string::npos);
    CHECK(full.output.find("; training waits up to 0.3 s for it") != std::string::npos);
    CHECK(command("verify " + run).exit_code == 0);
    REQUIRE(command(flags + run + " --resume").exit_code == 0);
    CHECK(left_by(run, 0) == left_by(dir / "whole", 0));
  }
}
