// Hand-made lowered graphs for tests of the runner: stages are C++ functions on buffers, the sink
// records in memory.
#pragma once

#include <atomic>
#include <cstring>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/run/runner.h"

namespace ganflow::test {

// How many pointers a program's bindings have.
struct ToySlots {
  std::size_t variables = 0, inputs = 0, outputs = 0;
};

// A C++ function on its bindings as a program of the CPU.
class ToyProgram final : public Executable {
 public:
  using Body = std::function<void(const Bindings&)>;
  ToyProgram(const ToySlots& slots, Body body) : slots_(slots), body_(std::move(body)) {
    report_.arena_bytes = 64;
  }
  std::unique_ptr<Prepared> prepare(const Bindings& bindings) const override;

 private:
  ToySlots slots_;
  Body body_;
};

// Runs a program of the CPU once.
void run_once(const Executable& executable, const Bindings& bindings);

class ToySource final : public Source {
 public:
  using Body = std::function<void(const Draw&, std::span<float>)>;
  ToySource(Extent row, Body body) : row_(row), body_(std::move(body)) {}
  std::vector<PortSpec> outputs(Extent batch) const override {
    return {{Shape{batch, row_}, "NP"}};
  }
  void fill(const Draw& draw, Extent, std::span<const std::span<float>> out) const override {
    body_(draw, out[0]);
  }

 private:
  Extent row_;
  Body body_;
};

class ToyMetric final : public Metric {
 public:
  std::vector<MetricColumn> columns() const override {
    return {{"mean", "1", "of all samples"}, {"k", "1", "its scalar"}};
  }
  Extent samples() const override { return 6; }
  std::vector<double> measure(const Measurement& m) const override;
  std::function<void(const Measurement&)> also;
};

// Where tests look into a running graph; everything is optional.
struct ToyHooks {
  // Called in every stage body: its name, seed, occurrence.
  std::function<void(const std::string&, std::uint64_t, Step)> enter;
  // Value of the critic's loss, given what it would be.
  std::function<float(std::uint64_t seed, Step, float)> loss;
  // Called by the source "spheres".
  std::function<void(const Draw&)> source;
  std::function<void(const Measurement&)> metric;
};

struct ToyOptions {
  std::function<int(std::uint64_t)> critic = [](std::uint64_t) { return 3; };
  std::function<int(std::uint64_t)> generator = [](std::uint64_t) { return 1; };
  Step evaluate_every = 0;  // 0: no evaluations
  bool fixed_noise = false;
};

// A small GAN in shape, not in arithmetic: every update mixes all it reads so that a wrong order, a
// torn buffer or a stale Variable changes all later values.
//
//   spheres -> sharpen(k) --+-> score_real -+
//              generate(G) -+-> score_fake -+-> critic_step (D)       phase critic
//   noise2 ----------------------> generator_step (D, G)             phase generator
//
// critic: data spheres, sharpen; ahead generate; step score_real, score_fake (a fork), critic_step.
// Columns of critic: loss (objective), spread.p05/p50/p95, k. Of generator: loss.
LoweredReplica toy_replica(std::uint64_t seed, const ToyOptions& options = {},
                           const ToyHooks& hooks = {});

// What a replica left; equal values mean equal runs.
struct Trained {
  std::vector<std::vector<std::byte>> rows;                        // of the non-timing tables
  std::vector<std::map<std::string, std::vector<float>>> commits;  // Variables
  std::vector<std::vector<float>> pictures;
  bool operator==(const Trained&) const = default;
};

class MemorySink final : public Sink {
 public:
  struct Commit {
    int replica = 0;
    Step step = 0;
    std::map<std::string, std::uint64_t> counters;
    std::map<std::string, std::vector<float>> variables;
  };
  struct Picture {
    int replica = 0;
    Step step = 0;
    std::vector<float> data;
  };
  explicit MemorySink(const std::vector<LoweredReplica>& replicas);
  void rows(int replica, int table, std::span<const std::byte> rows) override;
  void commit(int replica, const Snapshot& snapshot) override;
  void samples(int replica, const Samples& samples) override;
  void flush() override;
  void failed(int replica, const std::string& why) override { failures[replica] = why; }

  // Of the non-timing tables, and of the last commit of each replica.
  std::vector<std::vector<std::byte>> deterministic_rows(int replica) const;
  std::vector<std::int64_t> steps(int replica, int table) const;
  // Column c of all rows, read as T.
  template <class T>
  std::vector<T> column(int replica, int table, int c) const {
    std::vector<T> values;
    for (const std::byte* at : cells(replica, table, c)) {
      values.emplace_back();
      std::memcpy(&values.back(), at, sizeof(T));
    }
    return values;
  }
  std::vector<Commit> commits_of(int replica) const;
  Restored restored(int replica, std::size_t commit) const;
  Trained trained(int replica) const;

  std::vector<std::vector<Table>> tables;                  // (replica, table)
  std::vector<std::vector<std::vector<std::byte>>> bytes;  // (replica, table)
  std::vector<Commit> commits;
  std::vector<Picture> pictures;
  std::map<int, std::string> failures;  // by replica
  std::vector<std::string> violations;  // of the order the Sink is promised
  int flushes = 0;
  std::function<void(const char* call)> before;  // may sleep or throw

 private:
  std::vector<const std::byte*> cells(int replica, int table, int c) const;
  std::vector<Step> committed_;
};

// Devices that tests of the flow graph can run on beside the CPU, by what GANFLOW_TEST_DEVICE says
// (ctest: delayed, cuda).
struct TestDevice {
  std::string name;  // in GANFLOW_TEST_DEVICE
  std::shared_ptr<const Device> (*open)() = nullptr;
  // A program of the host as one of that device.
  std::shared_ptr<const Executable> (*program)(std::shared_ptr<const Executable>) = nullptr;
};
// True: for initialisers. `device` lives as long as the process.
bool add_test_device(const TestDevice& device);
// Null: the CPU.
const TestDevice* test_device();

// A runner of such replicas on that device.
Runner toy_runner(std::vector<LoweredReplica> replicas, RunnerOptions options, Sink& sink,
                  std::vector<std::optional<Restored>> restored = {});
// The replicas as if they had been lowered for a device of this name, with `program` for each
// program of the host.
std::vector<LoweredReplica> lowered_for(
    const std::string& device, std::vector<LoweredReplica> replicas,
    std::shared_ptr<const Executable> (*program)(std::shared_ptr<const Executable>));
std::vector<LoweredReplica> delayed(std::vector<LoweredReplica> replicas);

// Runs to the end, nobody stops it.
RunResult run_toy(std::vector<LoweredReplica> replicas, const RunnerOptions& options, Sink& sink,
                  std::vector<std::optional<Restored>> restored = {});

}  // namespace ganflow::test
