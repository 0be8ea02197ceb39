// A small made-up run whose every value is a function of replica and step, for the tests of io.
#pragma once

#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "engine/error.h"
#include "io/run/run_directory.h"

namespace ganflow::test {

// An empty directory that goes away with this object.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// Two replicas with tables critic (a row per step), generator (every 5 steps), quality (every 100)
// and clock (timing, every 50).
RunInfo example_info(int replicas = 2);

// Packed rows of a table for steps (begin, end].
std::vector<std::byte> example_rows(const Table& table, int replica, Step begin, Step end);

// Variables of a replica at a step, with names that are prefixes of each other and a scalar. The
// largest has `width` rows of 700 floats.
struct ExampleState {
  ExampleState(int replica, Step step, Extent width = 784);
  Snapshot snapshot;

 private:
  std::vector<std::vector<float>> data_;
};

struct ExamplePlan {
  Step begin = 0, end = 1000;
  Step batch = 64;          // steps per call of Sink::rows
  Step commit_every = 250;  // a multiple is committed; 0: never
  Step samples_every = 0;
  Extent width = 784;  // of the state
};

// Does to the sink what a training run would.
void write_example(Sink& sink, const RunInfo& info, const ExamplePlan& plan);

// A whole run at `path`, closed.
void write_run(const std::string& path, const ExamplePlan& plan, int replicas = 2);
std::string checkpoint_path(const std::string& run, int replica, Step step);
std::string rows_path(const std::string& run, int replica, Step step);

// Resumes a run, plays it until the plan's end again (its begin does not matter) and closes it.
// Returns the messages of load_run.
std::vector<std::string> resume_example(const std::string& path, const ExamplePlan& plan);
inline std::vector<std::string> resume_until(const std::string& path, Step end,
                                             Step commit_every = 250) {
  return resume_example(path, {.end = end, .commit_every = commit_every});
}

// Names of the tables (of metrics.h5 and timing.h5) that do not hold the rows of steps 1 to `end`,
// each once.
std::vector<std::string> wrong_tables(const std::string& run, Step end, int replicas = 2);

// All rows of a table of a live or closed file.
std::vector<std::byte> rows_in(const std::string& file, const std::string& table,
                               const Table& layout);

std::vector<char> file_bytes(const std::string& path);
void write_bytes(const std::string& path, const std::vector<char>& bytes);
void flip_bit(const std::string& path, std::size_t byte);

// The sentence of the Error that `body` throws, after "<exit code> "; empty if it throws none.
template <class Body>
std::string error_of(Body&& body) {
  try {
    body();
  } catch (const Error& error) {
    return std::to_string(error.exit_code()) + " " + error.what();
  }
  return {};
}

}  // namespace ganflow::test
