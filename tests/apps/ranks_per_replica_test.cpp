// One replica by several processes of a launcher: mpirun -n 2 ganflow train ... --ranks-per-replica
// 2.
#include <doctest/doctest.h>
#include <signal.h>
#include <unistd.h>

#include <string>

#include "io/run/resume.h"
#include "support/ranks.h"
#include "support/run_example.h"
#include "support/says.h"

using namespace ganflow;
using namespace ganflow::test;

TEST_SUITE_BEGIN("ranks");

TEST_CASE("one replica has the same bits by one, two and four ranks, also where they change") {
  if (skipped_without_ranks()) return;
  const TemporaryDirectory dir;
  const std::string graph =
      "thesis-28 --set generator=8 --set critic=8 --batch 16 --threads 1 --chunks 4 "
      "--checkpoint-every 10 --sample-every 15 ";
  REQUIRE(command("train " + graph + "--steps 30 --out " + (dir / "one")).exit_code == 0);
  for (const int ranks : {2, 4}) {
    const std::string run = dir / std::to_string(ranks);
    const Outcome done =
        shell(on_ranks(ranks) + "train " + graph + "--steps 30 --ranks-per-replica " +
              std::to_string(ranks) + " --out " + run);
    INFO(done.output);
    REQUIRE(done.exit_code == 0);
    CHECK(left_by(dir / "one", 0) == left_by(run, 0));
  }
  const std::string cut = dir / "cut";
  const Outcome begun =
      shell(on_ranks(2) + "train " + graph + "--ranks-per-replica 2 --steps 10 --out " + cut);
  INFO(begun.output);
  REQUIRE(begun.exit_code == 0);
  const Outcome four =
      shell(on_ranks(4) + "train --resume " + cut + " --ranks-per-replica 4 --steps 20");
  INFO(four.output);
  REQUIRE(four.exit_code == 0);
  REQUIRE(command("train --resume " + cut + " --steps 30").exit_code == 0);
  CHECK(command("verify " + cut).exit_code == 0);
  CHECK(left_by(dir / "one", 0).variables == left_by(cut, 0).variables);
  const Outcome other = command("train --resume " + cut + " --steps 40 --chunks 2");
  CHECK(other.exit_code == 2);
  CHECK(says(other, "chunks was 4, these flags say 2"));
}

TEST_CASE("what cannot be trained together is refused in a sentence") {
  if (skipped_without_ranks()) return;
  const std::string graph = "thesis-28 --steps 5 ";
  const auto refused = [](const std::string& line, const std::string& sentence) {
    const Outcome outcome = shell(line);
    INFO(outcome.output);
    CHECK(outcome.exit_code == 2);
    CHECK(says(outcome, sentence));
  };
  refused(GANFLOW_COMMAND " train " + graph + "--ranks-per-replica 2",
          "--ranks-per-replica 2: the launcher started 1 process; start 2");
  refused(on_ranks(4) + "train " + graph + "--ranks-per-replica 2",
          "the launcher started 4 processes; start 2");
  refused(on_ranks(2) + "train " + graph + "--ranks-per-replica 2 --replicas 3",
          "--ranks-per-replica 2 trains one replica, 3 are asked for");
  refused(on_ranks(4) + "train " + graph + "--ranks-per-replica 4 --chunks 2",
          "4 ranks cannot train one replica whose batch is cut into 2 chunks");
  refused(GANFLOW_COMMAND " train " + graph + "--batch 50 --chunks 4",
          "a batch of 50 rows cannot be cut into 4 equal chunks");
}

TEST_CASE("a rank that dies ends the launch, and --resume goes on") {
  if (skipped_without_ranks()) return;
  const TemporaryDirectory dir;
  const std::string flags =
      "thesis-28 --set generator=8 --set critic=8 --batch 16 --threads 1 --checkpoint-every 50 ";
  const std::string run = dir / "run", log = dir / "log";
  RankedRun launch(2, "train " + flags + "--steps 1000000 --ranks-per-replica 2 --out " + run, log);
  for (int i = 0; i < 600 && steps_in(run + "/replica_000/checkpoints").size() < 2; ++i)
    ::usleep(50000);
  ::kill(launch.rank(1).known, SIGKILL);
  CHECK(launch.wait(60) > 0);
  const Step last = steps_in(run + "/replica_000/checkpoints").back();
  const std::string to = std::to_string(last + 50);
  const Outcome rest =
      shell(on_ranks(2) + "train --resume " + run + " --ranks-per-replica 2 --steps " + to);
  INFO(rest.output);
  CHECK(rest.exit_code == 0);
  CHECK(command("verify " + run).exit_code == 0);
}
