// A process of a run of several ranks is killed at a random time: a trainer, or one that the
// launcher knows, of which it ends the others.
#include "support/ranks.h"

#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <random>
#include <vector>

#include "engine/error.h"
#include "gates.h"
#include "io/run/resume.h"
#include "io/run/verify.h"
#include "trial.h"

namespace ganflow::faults {
namespace {

constexpr int kReplicas = 4;
constexpr Step kSteps = 1500;
constexpr double kBound = 30;  // seconds in which a launch must be over, however it was disturbed

std::string flags() {
  return test::kTiny +
         fmt::format("--replicas {} --steps {} --checkpoint-every 100 --seed 5 --out ", kReplicas,
                     kSteps);
}

double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

int finished(const std::string& run) {
  int count = 0;
  for (int replica = 0; replica < kReplicas; ++replica) {
    const std::vector<Step> steps =
        steps_in(run + "/" + replica_directory(replica) + "/checkpoints");
    count += !steps.empty() && steps.back() >= kSteps;
  }
  return count;
}

std::string damage(const std::string& run) {
  std::string text;
  verify_run(run, [&](const FileVerdict& verdict) {
    if (verdict.kind == FileVerdict::Kind::damaged)
      text += verdict.file + ": " + verdict.text + "; ";
  });
  return text;
}

// Goes on with the run, or begins it if it had not come so far.
std::string rest(const std::string& run, int ranks) {
  const std::string what = holds_run(run) ? "train --resume " + run : flags() + run;
  test::Outcome outcome;
  for (int tries = 0; tries < 50; ++tries) {
    outcome =
        ranks > 1 ? test::shell("timeout 60 " + test::on_ranks(ranks) + what) : test::command(what);
    // A trainer whose parent was killed has its last commit to write.
    if (outcome.exit_code != static_cast<int>(Fault::busy)) break;
    ::usleep(100'000);
  }
  return outcome.exit_code == 0
             ? ""
             : fmt::format("--resume ended with {}: {}", outcome.exit_code, outcome.output);
}

}  // namespace

GateResult killed_ranks(const GateOptions& options) {
  GateResult result;
  if (!test::have_ranks()) {
    result.skipped = "there is no MPI";
    return result;
  }
  std::vector<test::Left> whole;
  {
    const std::string reference = options.fresh("whole");
    const test::Outcome outcome = test::command(flags() + reference);
    if (outcome.exit_code != 0) result.wrong.push_back(outcome.output);
    for (int replica = 0; replica < kReplicas; ++replica)
      whole.push_back(test::left_by(reference, replica));
  }
  double whole_launch = 0;
  {
    const auto begin = std::chrono::steady_clock::now();
    test::RankedRun launch(2, flags() + options.fresh("timed"), options.fresh("log"));
    launch.wait();
    whole_launch = seconds_since(begin);
  }
  std::mt19937_64 random(options.seed);
  std::uint64_t trainers = 0, in_time = 0;
  double longest = 0;
  for (; result.tried < options.count; ++result.tried) {
    const std::string run = options.fresh();
    const int ranks = 2 + static_cast<int>(result.tried % 2);
    const int victim = static_cast<int>(random() % static_cast<std::uint64_t>(ranks));
    const bool trainer = result.tried % 3 != 2;
    std::string wrong;
    {
      const std::string log = options.fresh("log");
      test::RankedRun launch(ranks, flags() + run, log);
      ::usleep(static_cast<useconds_t>(1e6 * whole_launch * double(random() % 1000) / 1000));
      const test::RankedRun::Rank found = launch.rank(victim);
      const pid_t pid = trainer ? found.trains : found.known;
      if (pid != 0) ::kill(pid, SIGKILL);
      in_time += pid != 0;
      trainers += pid != 0 && trainer;
      const auto begin = std::chrono::steady_clock::now();
      const int code = launch.wait(kBound);
      longest = std::max(longest, seconds_since(begin));
      const std::string killed =
          fmt::format("{} of rank {} of {}", trainer ? "trainer" : "process", victim, ranks);
      if (code == -1) wrong = killed + ": the launch was not over in time";
      // A trainer has one replica at most, unless it is rank 0's before the run began.
      if (pid != 0 && trainer && code != -1 && holds_run(run) && finished(run) < kReplicas - 1)
        wrong = fmt::format("{}: {} replicas came to their end", killed, finished(run));
    }
    if (wrong.empty() && holds_run(run)) wrong = damage(run);
    if (wrong.empty()) wrong = rest(run, 1 + static_cast<int>(random() % 3));
    for (int replica = 0; replica < kReplicas && wrong.empty(); ++replica)
      if (!(test::left_by(run, replica) == whole[static_cast<std::size_t>(replica)]))
        wrong = fmt::format("replica {} has other bits", replica);
    if (!wrong.empty()) result.wrong.push_back(wrong);
  }
  result.note = fmt::format("{} killed before their end, {} of them trainers; over {:.1f} s later",
                            in_time, trainers, longest);
  return result;
}

}  // namespace ganflow::faults
