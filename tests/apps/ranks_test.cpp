// One run by several processes of a launcher: mpirun -n 3 ganflow train ... --replicas 5.
#include "support/ranks.h"

#include <doctest/doctest.h>
#include <signal.h>
#include <sys/resource.h>

#include <algorithm>
#include <filesystem>

#include "io/run/resume.h"
#include "support/run_example.h"
#include "support/says.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++count;
  return count;
}

// Every file of a run, relative to it.
std::vector<std::string> files_of(const std::string& run) {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(run))
    if (entry.is_regular_file()) files.push_back(entry.path().lexically_relative(run).string());
  std::sort(files.begin(), files.end());
  return files;
}

std::string text_of(const std::string& file) {
  const std::vector<char> bytes = file_bytes(file);
  return {bytes.begin(), bytes.end()};
}

// How many of the first replicas came to this step.
int finished(const std::string& run, int replicas, Step step) {
  int count = 0;
  for (int replica = 0; replica < replicas; ++replica) {
    const std::vector<Step> steps =
        steps_in(run + "/" + replica_directory(replica) + "/checkpoints");
    count += !steps.empty() && steps.back() == step;
  }
  return count;
}

// A cut run of four replicas is sound, and two ranks make of it what was made without a cut.
void ends_as(const std::string& whole, const std::string& run) {
  CHECK(command("verify " + run).exit_code == 0);
  const Outcome rest = shell(on_ranks(2) + "train --resume " + run);
  INFO(rest.output);
  CHECK(rest.exit_code == 0);
  for (int replica = 0; replica < 4; ++replica)
    CHECK(left_by(run, replica) == left_by(whole, replica));
}

}  // namespace

TEST_SUITE_BEGIN("ranks");

TEST_CASE("replicas have the same bits alone, side by side and over one, two and three ranks") {
  if (skipped_without_ranks()) return;
  const TemporaryDirectory dir;
  // Uneven: the second setting makes many more generator updates.
  const std::string flags = kTiny + "--steps 60 --checkpoint-every 25 --set n_critic=5,1 ";
  const std::string several = flags + "--replicas 2 --seed 3 --out ";
  REQUIRE(command(kTiny + "--steps 60 --checkpoint-every 25 --set n_critic=1 --seed 4 --out " +
                  (dir / "alone"))
              .exit_code == 0);
  REQUIRE(command(several + (dir / "side")).exit_code == 0);
  for (const int ranks : {1, 2, 3}) {
    CAPTURE(ranks);
    const std::string run = dir / ("on_" + std::to_string(ranks));
    const Outcome outcome = shell(on_ranks(ranks) + several + run);
    INFO(outcome.output);
    REQUIRE(outcome.exit_code == 0);
    CHECK(count_of(outcome.output, "critic updates x 4 replicas in") == 1);
    CHECK(count_of(outcome.output, "mean of 2 seeds") == 2);
    for (int replica = 0; replica < 4; ++replica)
      CHECK(left_by(run, replica) == left_by(dir / "side", replica));
    CHECK(files_of(run) == files_of(dir / "side"));
    CHECK(command("verify " + run).exit_code == 0);
    CHECK(command("export --csv " + run + " --out " + (dir / "csv")).exit_code == 0);
  }
  CHECK(left_by(dir / "on_3", 3) == left_by(dir / "alone", 0));
}

TEST_CASE("a rank that dies is named, the others finish, and any number of ranks goes on") {
  if (skipped_without_ranks()) return;
  const TemporaryDirectory dir;
  const std::string flags =
      kTiny + "--replicas 4 --checkpoint-every 250 --keep-last 100 --steps 2000 --out ";
  REQUIRE(command(flags + (dir / "whole")).exit_code == 0);
  const std::string run = dir / "run";
  RankedRun launch(3, flags + run, dir / "log");
  const pid_t victim = launch.training(1);
  REQUIRE(victim != 0);
  ::kill(victim, SIGKILL);
  CHECK(launch.wait() == 1);
  const std::string log = text_of(dir / "log");
  INFO(log);
  CHECK(count_of(log, "rank 1 (pid " + std::to_string(victim) + " on host ") == 1);
  CHECK(count_of(log, ") was ended by signal 9 (Killed) while it trained replica ") == 1);
  CHECK(count_of(log, ": --resume, by any number of ranks, goes on") == 1);
  CHECK(finished(run, 4, 2000) == 3);
  ends_as(dir / "whole", run);
  CHECK(files_of(run) == files_of(dir / "whole"));
  CHECK(read_run_index(run).resumes == 1);
}

TEST_CASE("a disk that is full for one rank ends that rank; the others take what is left") {
  if (skipped_without_ranks()) return;
  const TemporaryDirectory dir;
  const std::string flags = kTiny +
                            "--replicas 4 --checkpoint-every 2000 --steps 6000 --seed 5 "
                            "--io-grace 0.3 --out ";
  REQUIRE(command(flags + (dir / "whole")).exit_code == 0);
  const std::string run = dir / "run";
  RankedRun launch(2, flags + run, dir / "log");
  const pid_t victim = launch.training(1);
  REQUIRE(victim != 0);
  // As ulimit -f 100: its live file does not fit.
  const rlimit full{100 << 10, 100 << 10};
  REQUIRE(::prlimit(victim, RLIMIT_FSIZE, &full, nullptr) == 0);
  CHECK(launch.wait() == 5);
  const std::string log = text_of(dir / "log");
  INFO(log);
  CHECK(count_of(log, "rank 1 (pid " + std::to_string(victim) + " on host ") >= 1);
  CHECK(count_of(log, " cannot be written: File too large") >= 1);
  CHECK(finished(run, 4, 6000) == 3);
  ends_as(dir / "whole", run);
}

TEST_CASE("what is wrong with a command line is said once, and nothing is made") {
  if (skipped_without_ranks()) return;
  const TemporaryDirectory dir;
  const Outcome outcome = shell(on_ranks(3) + kTiny + "--set nonsense=1 --out " + (dir / "run"));
  CHECK(outcome.exit_code == 2);
  says(outcome, "nonsense");
  CHECK(count_of(outcome.output, "ganflow: ") == 1);
  CHECK_FALSE(std::filesystem::exists(dir / "run"));
}

TEST_CASE("a replica that fails on one rank is its own, and a run in use is refused") {
  if (skipped_without_ranks()) return;
  const TemporaryDirectory dir;
  const std::string run = dir / "run";
  const Outcome failing =
      shell(on_ranks(2) + kTiny + "--steps 60 --set optimizer=sgd --set lr=1e-3,1e38 --out " + run);
  CHECK(failing.exit_code == 1);
  says(failing, "failed: node '");
  says(failing, "' replica 1 step ");
  CHECK(count_of(failing.output, "critic updates x 2 replicas") == 1);
  CHECK(command("verify " + run).exit_code == 0);
  const RunLock held(run);
  const Outcome busy = shell(on_ranks(2) + "train --resume " + run);
  CHECK(busy.exit_code == 4);
  says(busy, "is in use by pid ");
}

TEST_CASE("a signal to the launcher, or to one rank, commits every replica and loses nothing") {
  if (skipped_without_ranks()) return;
  const TemporaryDirectory dir;
  const std::string run = dir / "run";
  {
    RankedRun launch(2, kTiny + "--replicas 3 --checkpoint-every 0 --steps 100M --out " + run,
                     dir / "log");
    REQUIRE(launch.training(0) != 0);
    REQUIRE(launch.training(1) != 0);
    ::kill(launch.rank(1).known, SIGTERM);
    CHECK(launch.wait() == 0);
    const std::string log = text_of(dir / "log");
    INFO(log);
    CHECK(count_of(log, ", stopped; --resume goes on") == 1);
    CHECK(count_of(log, "not begun            replica 2: --resume goes on") == 1);
  }
  for (const int replica : {0, 1})
    CHECK_FALSE(steps_in(run + "/" + replica_directory(replica) + "/checkpoints").empty());
  {
    RankedRun launch(2, "train --resume " + run, dir / "log");
    REQUIRE(launch.training(0) != 0);
    launch.signal(SIGTERM);
    CHECK(launch.wait() != -1);
  }
  CHECK(command("verify " + run).exit_code == 0);
}

TEST_SUITE_END();
