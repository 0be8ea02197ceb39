// The gates: each disturbs runs in one way, `count` times, and returns what went wrong.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace ganflow::faults {

struct GateResult {
  std::uint64_t tried = 0;
  std::vector<std::string> wrong;  // losses, hangs, crashes, silent successes
  std::string note;                // what was seen besides
  std::string skipped = {};        // why nothing could be tried
};

struct GateOptions {
  std::string work;         // an empty directory
  std::uint64_t count = 0;  // how often to try; 0: every operation (failing-writes)
  std::uint64_t seed = 1;   // of what is random

  // The path of a run directory that is not there yet.
  std::string fresh(const std::string& name = "run") const {
    const std::string run = work + "/" + name;
    std::filesystem::remove_all(run);
    return run;
  }
};

struct Gate {
  const char* name;
  const char* what;
  GateResult (*run)(const GateOptions& options);
};
const std::vector<Gate>& gates();

GateResult random_kills(const GateOptions& options);
GateResult checkpoint_kills(const GateOptions& options);
GateResult kill_chains(const GateOptions& options);
GateResult write_prefixes(const GateOptions& options);
GateResult failing_writes(const GateOptions& options);
GateResult resume_points(const GateOptions& options);
GateResult flipped_bits(const GateOptions& options);
GateResult signals(const GateOptions& options);
GateResult slow_output(const GateOptions& options);
GateResult moved_directory(const GateOptions& options);
GateResult listing_errors(const GateOptions& options);
GateResult killed_ranks(const GateOptions& options);
GateResult output_cost(const GateOptions& options);  // count: stretches with output

}  // namespace ganflow::faults
