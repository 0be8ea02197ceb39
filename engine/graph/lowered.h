// A graph made ready to run: what lower() makes of a checked Graph and Runner executes.
//
// A macro-iteration is the phases in order, phase p repeated count(macro) times: its occurrences.
// A trip of the step token runs one of them, or several as one program where the device would have
// them submitted together (Device::programs_per_launch()). A trip is a small DAG of stages. A stage
// is one node of the TBB graph: a source or a compiled program. When it may run follows from what
// it reads:
//   data   reads no Variable: a function of (seed, occurrence), produced K trips ahead
//   ahead  reads Variables that its phase does not write: may run while an earlier trip of the
//          same macro-iteration is still stepping (the next fakes beside the critic)
//   step   everything else: runs while it holds the replica's step token
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/device/executable.h"
#include "engine/graph/formula.h"
#include "engine/graph/host.h"
#include "engine/graph/picture.h"
#include "engine/graph/sink.h"

namespace ganflow {

enum class Timing : std::uint8_t { data, ahead, step };

// A value that crosses from one stage to another, or to a tap. It lives in the slot of the stage
// that writes it, so there are as many copies as that stage's timing has slots.
struct LoweredBuffer {
  std::string name;
  std::size_t bytes = 0;
  int writer = 0;  // stage
};

// Where a program input comes from.
struct InputRef {
  enum class From : std::uint8_t { buffer, scalar, table } from = From::buffer;
  int index = 0;       // of LoweredTrip::buffers, LoweredReplica::scalars or ::residents
  int occurrence = 0;  // of the trip: at whose step a scalar is
};

// By what a stage draws: an occurrence of the trip, or the last one of `phase` before that.
struct StageClock {
  int occurrence = 0;
  int phase = -1;  // -1: the occurrence's own
};

struct LoweredStage {
  std::string name;
  Timing timing = Timing::step;
  std::vector<int> after;  // earlier stages of the trip that must have run
  bool in_line = false;    // on the thread of the stage that reads it, if that is one (in_line.h)
  std::vector<StageClock> clocks{{}};

  // A source of n outputs fills, by clock c, buffer outputs[c n + i] with its output i, where that
  // is not -1: nothing reads it ...
  std::shared_ptr<const Source> source;
  std::uint32_t stream = 0;
  // ... or a program runs, which has all the clocks. Its variables are LoweredReplica::variables by
  // index.
  std::shared_ptr<const Executable> program;
  std::vector<InputRef> inputs;  // in Program::inputs order
  std::vector<int> variables;    // in Program::variables order
  std::vector<int> outputs;      // buffers, of a program in Program::outputs order
};

constexpr std::array<double, 3> kTapQuantiles{0.05, 0.5, 0.95};

// Names of a tap's columns: its own if it is one number, otherwise "<name>.p05", ".p50", ".p95".
std::vector<std::string> tap_columns(const std::string& name, Extent elements);

// A column group of the phase's table: a scalar, or three quantiles of a vector.
struct LoweredTap {
  std::string name;
  Extent elements = 1;     // 1: the value; more: 5 %, 50 %, 95 % quantiles over them
  bool objective = false;  // a minimized loss: not finite retires the replica
  TapText text = {};       // of its columns
};

struct LoweredPhase {
  std::string name;  // also the table's name
  // Its occurrences are critic updates, the unit of steps: those of the first phase and of phases
  // that minimize by the same networks.
  bool counts = false;
  std::function<int(std::uint64_t macro)> count;  // occurrences in macro-iteration `macro`
  std::vector<LoweredTap> taps;
};

struct TripOccurrence {
  int phase = 0;
  std::vector<int> taps;  // buffers of the phase's taps
};

// A macro-iteration is either one trip of all its occurrences, or consists of trips of one phase
// each: as many of the phase's first kind of trip as fit, then of its next, and so on to one of a
// single occurrence.
struct LoweredTrip {
  std::string name;
  int phase = 0;                            // -1: a whole macro-iteration
  std::vector<TripOccurrence> occurrences;  // in order
  std::vector<LoweredStage> stages;         // in a valid execution order
  std::vector<LoweredBuffer> buffers;
};

// Runs at macro-iteration ends, on copies of the Variables, beside training: the program generates
// `rows` samples a call, `calls` times, of which the first `samples` count; a metric measures them
// or the sink keeps them.
struct LoweredEvaluation {
  // What a source draws for a call: its output i into buffers[i].
  struct Draws {
    std::shared_ptr<const Source> source;
    std::uint32_t stream = 0;
    std::vector<int> buffers;
  };

  std::string name;  // table name of a metric, samples name otherwise
  Step every = 0;    // critic updates; 0: only at the end
  bool at_start = false;
  std::shared_ptr<const Executable> program;
  std::vector<InputRef> inputs;      // scalars, and buffers of the evaluation's own
  std::vector<std::size_t> buffers;  // bytes of each
  std::vector<Draws> draws;
  std::vector<int> variables;
  Extent samples = 0;  // >= 1
  Extent rows = 0;     // N of the program
  Extent calls = 0;
  Shape row;                             // shape of one sample
  std::vector<Shape> rows_of;            // by output of the program: the samples', then of beside
  bool fixed_noise = false;              // same draws at every step (sample grids, held-out sets)
  std::shared_ptr<const Metric> metric;  // absent: samples go to the sink
  std::map<std::string, int> metric_scalars;
  Picture picture;
  int table = -1;  // of a metric, in LoweredReplica::tables
};

struct LoweredScalar {
  std::string name;  // "critic_step.lr", "k"
  Schedule schedule;
};

// Where the values of a plateau's column come from.
struct WatchedColumn {
  int evaluation = 0;      // of LoweredReplica::evaluations
  std::size_t column = 0;  // of its metric
};

// A table that the device keeps for the programs that draw a source's batches.
struct LoweredResident {
  std::shared_ptr<const Source> source;  // whose bytes these are
  Resident::Table table;
};

struct LoweredReplica {
  std::string device;  // that its programs are compiled for
  std::uint64_t seed = 0;
  std::map<std::string, std::string> settings;
  std::vector<VariableInfo> variables;
  std::vector<LoweredScalar> scalars;
  std::vector<LoweredPhase> phases;
  std::vector<LoweredTrip> trips;  // by phase
  std::vector<LoweredResident> residents;
  std::vector<LoweredEvaluation> evaluations;
  std::vector<Table> tables;   // one per phase, one per metric evaluation, last "timing"
  std::uint64_t hash = 0;      // of all programs, names and data: resume is refused when it differs
  std::uint64_t formulas = 0;  // the same without the data: what samples depend on
};

// Values of a replica at a macro-iteration end, as read back from a checkpoint.
struct Restored {
  Step step = 0;
  std::map<std::string, std::uint64_t> counters;
  std::map<std::string, std::vector<float>> variables;
};

}  // namespace ganflow
