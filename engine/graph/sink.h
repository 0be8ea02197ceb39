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

class Sink {
 public:
  virtual ~Sink() = default;
  // `rows` holds whole packed rows of the replica's table, in step order.
  virtual void rows(int replica, int table, std::span<const std::byte> rows) = 0;
  // Makes everything up to snapshot.step durable: rows since the last commit, then the checkpoint.
  virtual void commit(int replica, const Snapshot& snapshot) = 0;
  virtual void samples(int replica, const Samples& samples) = 0;
  virtual void flush() = 0;  // called when the writer idles and at least twice a second
  // Why a replica ended before its time; behind everything else, by the thread that runs.
  virtual void failed(int replica, const std::string& why) = 0;
};

}  // namespace ganflow
