// SIGKILL anywhere, inside checkpointing, again and again; SIGTERM and SIGINT once and twice.
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <functional>
#include <random>

#include "gates.h"
#include "io/disk/durable.h"
#include "io/run/resume.h"
#include "trial.h"

namespace ganflow::faults {
namespace {

// About half a second of training with a commit every few hundredths of one.
constexpr const char* kRun =
    "train toy-8gaussians --steps 4000 --batch 16 --set generator=16 --set critic=16 "
    "--checkpoint-every 200 --evaluate-every 2000 --sample-every 2000 --seed 11 --threads ";

// With one thread and with two in turn: the same bits.
std::string run_of(std::uint64_t trial) { return kRun + std::to_string(1 + trial % 2); }

double seconds_of(const std::function<void()>& body) {
  const auto begin = std::chrono::steady_clock::now();
  body();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

// Returns when the process has begun so many output operations, and up to a millisecond later, or
// when it has ended. Counted in operations so that a busy machine moves no kill behind the end.
void wait_until(Process& process, std::uint64_t operations, std::mt19937_64& random) {
  while (process.state().operations < operations && !process.ended()) ::usleep(100);
  ::usleep(static_cast<useconds_t>(random() % 1000));
}

}  // namespace

GateResult random_kills(const GateOptions& options) {
  GateResult result;
  const Reference reference(run_of(0), options.fresh("whole"));
  std::mt19937_64 random(options.seed);
  std::uint64_t seen_rows = 0, in_time = 0;
  for (; result.tried < options.count; ++result.tried) {
    const std::string run = options.fresh();
    std::optional<Reference::Counts> seen;
    {
      Process process(run_of(result.tried), run);
      wait_until(process, random() % reference.operations(), random);
      try {
        seen = reference.live_rows(run);
      } catch (const std::exception& error) {
        // A reader may come between a rename and the rows; only what it saw is promised.
        result.wrong.push_back(std::string("a live reader: ") + error.what());
      }
      process.signal(SIGKILL);
      in_time += process.wait() == kKilled;
    }
    if (seen)
      for (const std::size_t rows : *seen) seen_rows += rows;
    if (const std::string wrong = reference.wrong(run, seen); !wrong.empty())
      result.wrong.push_back(wrong);
  }
  result.note =
      fmt::format("{} killed before their end, readers had seen {} rows", in_time, seen_rows);
  return result;
}

// At every operation on a checkpoint in turn, before it or in the middle of its write.
GateResult checkpoint_kills(const GateOptions& options) {
  GateResult result;
  const Reference reference(run_of(0), options.fresh("whole"));
  std::uint64_t operations = 0;
  {
    Process process(run_of(0), options.fresh("counted"), {.only = "/checkpoints"});
    process.wait();
    operations = process.state().operations;
  }
  std::mt19937_64 random(options.seed);
  const std::uint64_t first = random() % operations;
  for (; result.tried < options.count; ++result.tried) {
    // Steps through all of them, coprime with most counts, so that few trials spread well.
    const std::uint64_t at = 1 + (first + result.tried * 37) % operations;
    const char* mode = result.tried % 2 ? "torn" : "kill";
    const std::string run = options.fresh();
    std::uint64_t committed = 0;
    {
      Process process(run_of(result.tried / 2), run,
                      {.mode = mode, .at = at, .only = "/checkpoints"});
      const int status = process.wait();
      if (status != kKilled)
        result.wrong.push_back(fmt::format("{} at {}: ended with {}", mode, at, status));
      committed = process.state().commits;
    }
    std::string wrong = reference.wrong(run);
    const std::vector<Step> steps = steps_in(run + "/replica_000/checkpoints");
    const Step newest = steps.empty() ? 0 : steps.back();
    if (committed > 0 && newest < reference.commits()[committed - 1])
      wrong = fmt::format("checkpoint {} was committed, the newest is {}",
                          reference.commits()[committed - 1], newest);
    if (!wrong.empty()) result.wrong.push_back(fmt::format("{} at {}: {}", mode, at, wrong));
  }
  result.note = fmt::format("{} operations on checkpoints in a run", operations);
  return result;
}

GateResult kill_chains(const GateOptions& options) {
  GateResult result;
  const Reference reference(run_of(0), options.fresh("whole"));
  std::mt19937_64 random(options.seed);
  std::uint64_t kills = 0;
  for (; result.tried < options.count; ++result.tried) {
    const std::string run = options.fresh();
    for (int link = 0; link < 4; ++link) {
      Process process(run_of(result.tried + static_cast<std::uint64_t>(link)), run);
      wait_until(process, random() % (reference.operations() / 2), random);
      process.signal(SIGKILL);
      kills += process.wait() == kKilled;
    }
    Process last(run_of(result.tried), run);
    const int status = last.wait();
    const std::string wrong = status == 0 ? reference.different(run)
                                          : fmt::format("ended with {}: {}", status, last.output());
    if (!wrong.empty()) result.wrong.push_back(wrong);
  }
  result.note = fmt::format("{} kills in the chains", kills);
  return result;
}

// One signal: exit 0 and committed; two: at once. Both resume to the same bits.
GateResult signals(const GateOptions& options) {
  GateResult result;
  const Reference reference(run_of(0), options.fresh("whole"));
  std::mt19937_64 random(options.seed);
  std::uint64_t stopped = 0;
  for (; result.tried < options.count; ++result.tried) {
    const std::string run = options.fresh();
    const int number = result.tried % 2 ? SIGINT : SIGTERM;
    const bool twice = result.tried % 4 >= 2;
    std::string wrong;
    {
      Process process(run_of(result.tried / 4), run);
      // Signals before main() blocks them end the process like any other.
      while (!exists(run + "/metrics.h5") && !process.ended()) ::usleep(500);
      wait_until(process, random() % reference.operations(), random);
      process.signal(number);
      if (twice) process.signal(number == SIGINT ? SIGTERM : SIGINT);
      int status = 0;
      const double took = seconds_of([&] { status = process.wait(); });
      const bool at_once = twice && (status == 128 + SIGINT || status == 128 + SIGTERM);
      if (status != 0 && !at_once) wrong = fmt::format("signal {}: ended with {}", number, status);
      if (took > 5) wrong = fmt::format("signal {}: took {} s", number, took);
      if (!at_once && process.output().find("--resume goes on") != std::string::npos) ++stopped;
    }
    if (wrong.empty()) wrong = reference.wrong(run);
    if (wrong.empty()) {
      Process rest(run_of(result.tried / 4), run);
      if (const int status = rest.wait(); status != 0)
        wrong = fmt::format("--resume ended with {}: {}", status, rest.output());
      else
        wrong = reference.different(run);
    }
    if (!wrong.empty()) result.wrong.push_back(wrong);
  }
  result.note = fmt::format("{} stopped before their end with a commit", stopped);
  return result;
}

}  // namespace ganflow::faults
