// ganflow_faults GATE COUNT [SEED]: disturbs runs of the command and checks what they leave.
// ganflow_faults list: the gates. Exit status 1 if anything went wrong.
// ganflow_faults script STEPS ... --out RUN [--resume]: a run without training, flushed every few
// rows; what the prefixes of its output are taken of.
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "engine/error.h"
#include "gates.h"
#include "support/run_example.h"

namespace ganflow::faults {

const std::vector<Gate>& gates() {
  static const std::vector<Gate> all = {
      {"kills", "random SIGKILL: every row that a reader saw is there and right", random_kills},
      {"prefixes", "the files as they are after each output operation", write_prefixes},
      {"checkpoint-kills", "SIGKILL inside checkpointing: old or new whole, committed never lost",
       checkpoint_kills},
      {"failing-writes", "the n-th output operation fails, once and for good", failing_writes},
      {"chains", "kill, resume, kill, ...: the same bits", kill_chains},
      {"resume-points", "resumed from every checkpoint: the same bits", resume_points},
      {"flipped-bits", "a flipped bit is found", flipped_bits},
      {"signals", "SIGTERM and SIGINT, once and twice", signals},
      {"slow-output", "output that is slow or stuck", slow_output},
      {"moved-directory", "the run directory moved away, and back or replaced", moved_directory},
      {"listing-errors", "a directory that cannot be listed is no empty one", listing_errors},
      {"killed-ranks", "a process of a run of several ranks is killed, any number goes on",
       killed_ranks},
      {"cost", "thesis-28 with output and without it, COUNT stretches, on a quiet machine",
       output_cost},
  };
  return all;
}

// Rows of 3 steps, a flush, and so on; a commit every 150 steps, samples every 600.
int script(const std::vector<std::string>& arguments) {
  const auto out = std::find(arguments.begin(), arguments.end(), "--out");
  const std::string path = out + 1 < arguments.end() ? out[1] : "";
  const test::ExamplePlan plan{.end = std::strtoull(arguments.at(0).c_str(), nullptr, 10),
                               .batch = 3,
                               .commit_every = 150,
                               .samples_every = 600,
                               .width = 2};
  if (std::find(arguments.begin(), arguments.end(), "--resume") != arguments.end()) {
    test::resume_example(path, plan);
    return 0;
  }
  const RunInfo info = test::example_info();
  RunDirectory run(path, info, {.keep = {.last = 1000000}});
  test::write_example(run, info, plan);
  run.close();
  return 0;
}

int run(const char* name, std::uint64_t count, std::uint64_t seed) {
  for (const Gate& gate : gates()) {
    if (std::strcmp(gate.name, name) != 0) continue;
    const test::TemporaryDirectory work;
    const auto begin = std::chrono::steady_clock::now();
    const GateResult result = gate.run({work.path(), count, seed});
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    if (!result.skipped.empty()) {
      fmt::print("{}: skipped: {}\n", name, result.skipped);
      return 77;
    }
    fmt::print("{}: {} tried, {} wrong, {:.0f} s; {}\n", name, result.tried, result.wrong.size(),
               took.count(), result.note);
    for (std::size_t i = 0; i < std::min<std::size_t>(result.wrong.size(), 20); ++i)
      fmt::print("  {}\n", result.wrong[i]);
    return result.wrong.empty() && result.tried > 0 ? 0 : 1;
  }
  fmt::print(stderr, "no gate is called '{}'\n", name);
  return 2;
}

}  // namespace ganflow::faults

int main(int argc, char** argv) {
  using namespace ganflow::faults;
  if (argc == 2 && std::strcmp(argv[1], "list") == 0) {
    for (const Gate& gate : gates()) fmt::print("{:<18} {}\n", gate.name, gate.what);
    return 0;
  }
  if (argc > 2 && std::strcmp(argv[1], "script") == 0) return script({argv + 2, argv + argc});
  if (argc < 3) {
    std::fprintf(stderr, "usage: ganflow_faults GATE COUNT [SEED] | list\n");
    return 2;
  }
  return run(argv[1], std::strtoull(argv[2], nullptr, 10),
             argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 1);
}
