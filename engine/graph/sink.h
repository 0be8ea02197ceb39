// What the flow graph hands to the outside: rows of metrics, checkpoints, samples. The engine
// knows no file format; io implements this with HDF5 and calls come from one writer thread only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "engine/graph/host.h"
#include "engine/graph/image_record.h"
#include "engine/graph/picture.h"
#include "engine/graph/schedule.h"
#include "engine/graph/table.h"
#include "engine/tensor/shape.h"

namespace ganflow {

struct VariableView {
  std::string name;
  Shape shape;
  std::span<const float> data;
};

// All of a replica at a macro-iteration end: a checkpoint is this and nothing else.
struct Snapshot {
  Step step = 0;                                  // critic updates done
  std::map<std::string, std::uint64_t> counters;  // steps done per phase, "macro"
  std::vector<VariableView> variables;            // sorted by name
};

// A batch of generated samples; uint8 conversion is the sink's.
struct Samples {
  std::string name;  // "samples"
  Step step = 0;
  Extent n = 0;
  Shape row;
  Picture picture;
  std::span<const float> data;
};

struct ReplicaInfo {
  int index = 0;
  std::uint64_t seed = 0;
  std::map<std::string, std::string> settings;  // --set values of this replica
  std::uint64_t program_hash = 0;               // resume is refused when it differs
  std::vector<Table> tables;
  std::uint64_t formulas_hash = 0;  // the same without the data; 0: not kept, of an older run
};

// What a run directory says about itself.
struct RunInfo {
  std::string graph;                           // preset or graph name
  std::map<std::string, std::string> options;  // every option with its value
  std::string device;
  int threads = 0;
  std::vector<ReplicaInfo> replicas;
  // Flags it was begun with, "steps" -> {"1000"}: those a resume need not repeat.
  std::map<std::string, std::vector<std::string>> flags = {};
  std::map<std::string, ImageRecord> images = {};  // by set
  std::string instructions = {};  // the device's set, on which bits depend; empty: not known
};

class Sink {
 public:
  virtual ~Sink() = default;
  // `rows` holds whole packed rows of the replica's table, in step order.
  virtual void rows(int replica, int table, std::span<const std::byte> rows) = 0;
  // Makes everything up to snapshot.step durable: rows since the last commit, then the checkpoint.
  virtual void commit(int replica, const Snapshot& snapshot) = 0;
  virtual void samples(int replica, const Samples& samples) = 0;
  virtual void flush() = 0;  // called when the writer idles and at least twice a second
};

}  // namespace ganflow
