// What a run directory says about itself.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "engine/graph/image_record.h"
#include "engine/graph/table.h"

namespace ganflow {

struct ReplicaInfo {
  int index = 0;
  std::uint64_t seed = 0;
  std::map<std::string, std::string> settings;  // --set values of this replica
  std::uint64_t program_hash = 0;               // resume is refused when it differs
  std::vector<Table> tables;
  std::uint64_t formulas_hash = 0;  // the same without the data; 0: not kept, of an older run
  std::string graph = {};           // preset or graph name, where it is not the run's
  std::string cell = {};            // of the experiment that the run is; empty: it is none
  std::map<std::string, std::string> options = {};  // those with other values than the run's
};

struct RunInfo {
  std::string graph;                           // preset, graph or experiment name
  std::map<std::string, std::string> options;  // every option with its value, of replica 0
  std::string device;
  int threads = 0;
  std::vector<ReplicaInfo> replicas;
  // Flags it was begun with, "steps" -> {"1000"}: those a resume need not repeat.
  std::map<std::string, std::vector<std::string>> flags = {};
  std::map<std::string, ImageRecord> images = {};  // by set
  std::string instructions = {};  // the device's set, on which bits depend; empty: not known

  const std::string& graph_of(const ReplicaInfo& replica) const {
    return replica.graph.empty() ? graph : replica.graph;
  }
  // Every option of the replica with its value.
  std::map<std::string, std::string> options_of(const ReplicaInfo& replica) const {
    std::map<std::string, std::string> all = replica.options;
    all.insert(options.begin(), options.end());
    return all;
  }
};

}  // namespace ganflow
