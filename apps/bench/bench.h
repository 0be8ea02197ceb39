// `ganflow bench`: how long a critic update takes, on one thread and on several, beside the limit
// of the machine that was measured in the same process.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "apps/command/use_run.h"
#include "engine/graph/graph.h"

namespace ganflow::bench {

struct Case {
  std::string name;  // what is asked for: "dcgan"
  std::string graph;
  std::string data;  // family of --data that it needs: "cifar10"; empty: none
  std::map<std::string, std::string> values = {};
  int replicas = 1;
};
// Those of the published table.
std::vector<Case> cases();

struct Options {
  std::vector<std::string> cases;  // names of cases, presets or graphs; empty: the published ones
  std::vector<std::string> data;   // "mnist:DIR": for the cases of that family
  std::vector<std::string> set;    // "name=value", for every case
  int threads = 0;                 // beside one; 0: as many as cores
  int pairs = 5;                   // of runs, >= 1
  double seconds = 1;              // of each run, about; > 0
  std::vector<std::string> peers;  // commands that time the same cases, peer.h
  bool json = false;
};

// What a peer takes for a case; the ratios are medians of peer / ours within a pair.
struct PeerResult {
  std::string command;
  double one_us = 0, many_us = 0;
  double one_ratio = 0, many_ratio = 0;
};

// Of one case. Medians over the pairs; the runs of a pair follow one another, the peers' too.
struct Result {
  std::string name;
  int replicas = 1, threads = 1;
  double one_us = 0, many_us = 0;  // a critic update of a replica, generator's share included
  double speedup = 0;              // median of one / many within a pair
  double mflop = 0;                // of the products of a critic update
  double one_share = 0;            // of the limit of one core, 0 to 1
  double many_share = 0;           // of that of all threads
  std::vector<PeerResult> peers;
};
Result measure(const Case& of, const Options& options, const cli::FindGraph& find);

// Measures and prints a Markdown table, one more for the peers, or JSON {peak_gflops, threads,
// cases: [..]}. A case whose data is not given is left out, and so is a peer that does not time a
// case; both are said. Throws Error(usage) for a name that is none.
int run(const Options& options, const cli::FindGraph& find);

}  // namespace ganflow::bench
