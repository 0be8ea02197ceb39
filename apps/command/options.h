// The flags of a run, the same for every preset, graph and app file.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/graph/graph.h"
#include "io/run/keep.h"

namespace ganflow::cli {

struct RunOptions {
  std::string config;  // TOML file, its flags already among these
  std::optional<std::string> data;
  std::optional<Step> steps;
  std::optional<Extent> batch;
  std::uint64_t seed = 1;
  int replicas = 1;
  std::vector<std::string> set;  // "name=v1,v2"
  std::string measure;           // shorthand for --set measure=...
  std::string device = "auto";
  std::string precision = "fp32";
  int threads = 0;  // 0: one per core
  std::string fuse = "auto";
  std::string out;  // empty: runs/NAME-001, the first free number
  bool resume = false;
  std::string init;              // "RUN" or "RUN:step" whose Variables a new run begins with
  std::string checkpoint_every;  // "1000" or "30s"; empty: ten in a run
  std::optional<Step> sample_every, evaluate_every;
  KeepOptions keep;
  double io_grace = 60;  // seconds
  bool trace = false, dot = false, plan = false;
  std::map<std::string, std::vector<std::string>> flags = {};  // as given: what the run keeps
};

// One member of the run: its seed and its --set values.
struct Member {
  std::uint64_t seed = 0;
  std::map<std::string, std::string> values;
};

// The product of the --set lists, each with `replicas` seeds: seed, seed + 1, ... Commas inside
// parentheses belong to a schedule: --set "k=0,steps(0:0,2500:-0.2)" is two values. Throws
// Error(usage) for text without '=', an empty value, a name given twice, more than 10,000 members,
// and seeds beyond the greatest.
std::vector<Member> members(const RunOptions& options);

// What these options ask of a graph for one member.
GraphSettings graph_settings(const RunOptions& options, const Member& member);

// Critic updates or wall-clock time between checkpoints: one of the two, the other is 0.
struct CheckpointEvery {
  Step steps = 0;
  double seconds = 0;
};
// "1000": critic updates; "30s", "5m", "2h": time. Throws Error(usage).
CheckpointEvery parse_checkpoint_every(const std::string& text);

// Throws Error(usage) for a precision that this build does not have.
void check_precision(const RunOptions& options);

}  // namespace ganflow::cli
