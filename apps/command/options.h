// The flags of a run, the same for every preset, graph and app file.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/device/device.h"
#include "engine/graph/graph.h"
#include "graphs/experiment.h"
#include "io/run/keep.h"

namespace ganflow::cli {

struct RunOptions {
  std::string config;  // TOML file, its flags already among these
  std::optional<std::string> data;
  std::optional<Step> steps;
  std::optional<Extent> batch;
  std::uint64_t seed = 1;
  std::optional<int> replicas;     // absent: 1, of an experiment its repeats
  std::vector<std::string> cells;  // of an experiment; empty: all
  std::vector<std::string> set;    // "name=v1,v2"
  std::string measure;             // shorthand for --set measure=...
  std::string device = "auto";
  std::string precision = "auto";
  int threads = 0;  // 0: one per core
  int chunks = 0;   // that a batch is computed in; 0: as a whole, by several ranks in one each
  int ranks_per_replica = 1;
  std::string fuse = "auto";
  std::string out;  // empty: runs/NAME-001, the first free number
  bool resume = false;
  std::string init;              // "RUN" or "RUN:step" whose Variables a new run begins with
  std::string checkpoint_every;  // "1000" or "30s"; empty: ten in a run
  std::optional<Step> sample_every, evaluate_every;
  KeepOptions keep;
  int stop_after = 0;    // evaluations in a row in which keep.best got no better; 0: never
  double io_grace = 60;  // seconds
  bool trace = false, dot = false, plan = false;
  bool list = false;                                           // --options
  std::map<std::string, std::vector<std::string>> flags = {};  // as given: what the run keeps
};

// One member of the run: its seed, its graph and what is set of it.
struct Member {
  std::uint64_t seed = 0;
  std::map<std::string, std::string> values;  // of --set and of its cell
  std::string graph = {};
  std::string cell = {};  // of an experiment
};

// Each cell with the product of the --set lists, each of these with `replicas` seeds: seed,
// seed + 1, ... Commas inside parentheses belong to a schedule: --set "k=0,steps(0:0,2500:-0.2)" is
// two values. Throws Error(usage) for text without '=', an empty value, a name given twice, also by
// a cell, more than 10,000 members, and seeds beyond the greatest.
std::vector<Member> members(const RunOptions& options, const std::vector<Cell>& cells);
// Those of one graph.
std::vector<Member> members(const RunOptions& options, const std::string& graph);

// What these options ask of a graph for one member.
GraphSettings graph_settings(const RunOptions& options, const Member& member);

// Critic updates or wall-clock time between checkpoints: one of the two, the other is 0.
struct CheckpointEvery {
  Step steps = 0;
  double seconds = 0;
};
// "1000": critic updates; "30s", "5m", "2h": time. Throws Error(usage).
CheckpointEvery parse_checkpoint_every(const std::string& text);

// --precision. Throws Error(usage) for one that this build does not have.
Arithmetic arithmetic(const RunOptions& options);

}  // namespace ganflow::cli
