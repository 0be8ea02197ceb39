// The run directory moved away under a trainer, and back, or another run begun in its place.
#include <unistd.h>

#include <random>

#include "gates.h"
#include "trial.h"

namespace ganflow::faults {
namespace {

constexpr const char* kRun =
    "train toy-8gaussians --steps 4000 --batch 16 --set generator=16 --set critic=16 "
    "--checkpoint-every 200 --evaluate-every 2000 --sample-every 2000 --seed 11 --threads 1";
constexpr int kBusy = 4;

// Moved back: the run ends as if nothing had been.
std::string moved_back(const Reference& reference, Process& process, const std::string& run,
                       const std::string& moved, std::mt19937_64& random) {
  ::usleep(static_cast<useconds_t>(random() % 300'000));
  if (std::filesystem::exists(run)) return "the directory was made anew";
  std::filesystem::rename(moved, run);
  if (const int status = process.wait(); status != 0)
    return fmt::format("moved back: ended with {}", status);
  return reference.different_end(run);
}

// Replaced: the first run ends and touches nothing of the second, and goes on where it is now.
std::string replaced(const Reference& reference, Process& process, const std::string& run,
                     const std::string& moved) {
  const test::Outcome second = test::command(std::string(kRun) + " --out " + run);
  if (second.exit_code != 0) return fmt::format("the second run ended with {}", second.exit_code);
  if (const int status = process.wait(); status != kBusy)
    return fmt::format("replaced: ended with {}, expected {}", status, kBusy);
  if (std::string wrong = reference.different_end(run); !wrong.empty()) return wrong;
  if (std::string wrong = reference.wrong(moved); !wrong.empty()) return wrong;
  if (const int status = Process(kRun, moved).wait(); status != 0)
    return fmt::format("resumed where it was moved to: ended with {}", status);
  return reference.different_end(moved);
}

}  // namespace

GateResult moved_directory(const GateOptions& options) {
  GateResult result;
  const Reference reference(kRun, options.fresh("whole"));
  std::mt19937_64 random(options.seed);
  std::uint64_t ended = 0;
  for (; result.tried < options.count; ++result.tried) {
    const std::string run = options.fresh(), moved = options.fresh("moved");
    Process process(kRun, run);
    // Behind the first commit, before the last half.
    const std::uint64_t operations = reference.operations();
    const std::uint64_t at = operations / 8 + random() % (operations / 4);
    while (process.state().operations < at && !process.ended()) ::usleep(100);
    std::filesystem::rename(run, moved);
    ended += process.ended();
    const std::string wrong = result.tried % 2 ? replaced(reference, process, run, moved)
                                               : moved_back(reference, process, run, moved, random);
    if (!wrong.empty()) result.wrong.push_back(wrong);
  }
  result.note = fmt::format("every other time another run in its place; {} ended before", ended);
  return result;
}

}  // namespace ganflow::faults
