// One disturbed run of `ganflow train` and what is checked of it: the run that nothing disturbed is
// the measure of everything.
#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <signal.h>
#include <sys/types.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "io/run/run_index.h"
#include "shim_state.h"
#include "support/command.h"

namespace ganflow::faults {

using Bytes = std::vector<char>;

// How a process ended: its exit status, or 128 + the signal that ended it.
constexpr int kKilled = 128 + 9;

struct Orders {  // for the interposed library; see shim_state.h
  std::string mode = "count";
  std::uint64_t at = 0;
  int error = 28;  // ENOSPC
  std::string only, log;
  bool of_log = false;  // what goes to the terminal fails, not the files of the run
};

// A process of `ganflow train` on the run directory `run`, with the library loaded; of another
// subcommand on a run, "verify"; or of this program itself, when the flags begin with "script"
// (main.cpp).
class Process {
 public:
  // `flags` without the run; of train adds --resume if there is one. Output goes to RUN.log.
  Process(const std::string& flags, const std::string& run, const Orders& orders = {});
  ~Process();
  Process(const Process&) = delete;

  void signal(int number) const { ::kill(pid_, number); }
  bool ended();                    // without waiting
  int wait(double seconds = 120);  // its end; after `seconds` it is killed and this returns -1
  const SharedState& state() const { return *state_; }
  std::string output() const;

 private:
  std::string log_, state_path_;
  SharedState* state_ = nullptr;
  pid_t pid_ = 0;
  std::optional<int> status_;
};

// What the undisturbed run left.
class Reference {
 public:
  // Every checkpoint is kept.
  Reference(const std::string& flags, const std::string& run);

  const std::string& flags() const { return flags_; }
  const std::string& run() const { return run_; }
  std::uint64_t operations() const { return operations_; }
  const std::vector<Step>& commits() const { return commits_; }

  // Rows of the live tables that a reader sees now, or as many as there are; throws when a row is
  // wrong. Absent: there is no metrics.h5 yet.
  using Counts = std::vector<std::size_t>;
  std::optional<Counts> live_rows(const std::string& run) const;

  // Empty, or what is wrong with a run directory as a crash left it: at least `seen` rows are
  // there, every row is right, every finished file is whole and equal to that of this run. In a
  // child process, since a damaged file may hang or crash the reader.
  std::string wrong(const std::string& run, const std::optional<Counts>& seen = {}) const;
  // Empty, or how a run that ended differs from this one in its Variables ...
  std::string different_state(const std::string& run) const { return different_end(run, false); }
  // ... in what it computed ...
  std::string different_end(const std::string& run, bool rows = true) const;
  // ... or in any way.
  std::string different(const std::string& run) const;

 private:
  void require_files(const std::string& run) const;

  std::string flags_, run_;
  std::uint64_t operations_ = 0;
  std::vector<Step> commits_;
  RunIndex index_;
  std::map<std::string, Bytes> files_;  // relative path of its checkpoints
  std::vector<test::Left> left_;        // by replica
};

// Copies a directory tree.
void copy_tree(const std::string& from, const std::string& to);

}  // namespace ganflow::faults
