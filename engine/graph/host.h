// Host operators: what runs as ordinary C++ beside the programs. Sources produce batches ahead of
// compute; metrics measure generated samples beside training.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/graph/picture.h"
#include "engine/graph/range.h"
#include "engine/graph/resident.h"
#include "engine/graph/schedule.h"
#include "engine/tensor/shape.h"

namespace ganflow {

// One output of a source: shape with N first, and the letters of its axes ("NP", "NCHW").
struct PortSpec {
  Shape shape;
  std::string axes;
  std::string name = {};  // what Port::output() calls it, "label"; the main output needs none
  Extent classes = 0;     // of labels: values are the numbers 0 .. classes - 1; 0: no labels
};

constexpr std::size_t kMostOutputs = 8;  // of one source

// Which draw is wanted. Everything a source returns is a pure function of this.
struct Draw {
  std::uint64_t seed = 0;    // of the replica
  std::uint32_t stream = 0;  // stream_id(node name)
  Step step = 0;             // occurrence: 0, 1, 2, ... of the phase that uses the source
};

// Immutable once opened, shared by replicas, called from several threads.
class Source {
 public:
  virtual ~Source() = default;
  // The main output first. How many there are and their names do not depend on the batch.
  virtual std::vector<PortSpec> outputs(Extent batch) const = 0;
  // Distinct items, absent for endless sources. A batch larger than this is refused.
  virtual std::optional<std::uint64_t> size() const { return std::nullopt; }
  // False in the place of files that are not read, when samples of a run are drawn: its outputs
  // have shapes, and fill() throws.
  virtual bool has_items() const { return true; }
  // out[i] is outputs()[i] of one and the same draw; empty if nothing reads it.
  virtual void fill(const Draw& draw, Extent batch,
                    std::span<const std::span<float>> out) const = 0;
  // How a program draws the same batches; absent: only fill() does.
  virtual std::optional<Resident> resident() const { return std::nullopt; }

  // The main output alone.
  PortSpec spec(Extent batch) const { return outputs(batch)[0]; }
  void fill_main(const Draw& draw, Extent batch, std::span<float> out) const {
    std::array<std::span<float>, kMostOutputs> all{out};
    fill(draw, batch, std::span(all).first(outputs(batch).size()));
  }
};

// A struct of options is a source operator if it has
//   std::shared_ptr<const Source> open() const;      // reads files, checks options, throws Error

struct Measurement {
  std::span<const float> samples;  // (n, row elements), generated in evaluation mode
  Extent n = 0;
  Shape row;  // shape of one sample
  Step step = 0;
  std::uint64_t seed = 0;                 // for the metric's own draws (the floor), per replica
  std::map<std::string, double> scalars;  // values of the metric's Scalars at this step
  // Of each sample what Metric::beside() names, in that order: (n, elements).
  std::vector<std::span<const float>> beside = {};
  std::span<float> seen = {};  // Metric::seen(), to be filled where it is not empty
};

// What a metric found, kept as samples are: rows of its own, with a picture of them.
struct SeenRows {
  std::string name;  // of the folder: "centres"
  Extent n = 0;
  Shape row;
  Picture picture;
};

struct MetricColumn {
  std::string name;  // "kl"
  std::string unit;  // "nat", "1"
  std::string description;
};

// A Scalar of a metric: its range is held as that of a formula's.
struct MetricScalar : Scalar {
  Range range;
  std::string help;
};

class Metric {
 public:
  virtual ~Metric() = default;
  virtual std::vector<MetricColumn> columns() const = 0;  // names differ, none is "step"
  virtual Extent samples() const = 0;  // how many rows measure() wants, at least 1
  // Elements of a row it measures; absent: any. Graph::evaluate() refuses other rows.
  virtual std::optional<Extent> row_elements() const { return std::nullopt; }
  // What it measures beside each sample, by name: its class, its latents, what a critic says of it.
  // Graph::evaluate() is given a port for each, computed of the same draw.
  virtual std::vector<std::string> beside() const { return {}; }
  // Rows come from one call of the generator in groups of so many: frames of one path.
  virtual Extent together() const { return 1; }
  // What it keeps of a measurement beside its columns; absent: nothing.
  virtual std::optional<SeenRows> seen() const { return {}; }
  // The same draws at every step: a held-out set, of which every item counts once.
  virtual bool same_draws() const { return false; }
  // Scalars the metric follows (k of the sharpness schedule): read each time, by option name.
  virtual std::map<std::string, MetricScalar> scalars() const { return {}; }
  // False if it compares with data that are not at hand (Source::has_items): measure() throws.
  virtual bool has_data() const { return true; }
  // One value per column. Const and thread-safe: replicas are measured side by side.
  virtual std::vector<double> measure(const Measurement& m) const = 0;
};

// A struct of options is a metric operator if it has
//   std::shared_ptr<const Metric> open() const;

}  // namespace ganflow
