// Rank 0's part of a sweep: it opens the run, deals replicas out, says what is said, closes the
// run.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "apps/command/options.h"
#include "apps/command/progress.h"
#include "apps/command/signals.h"
#include "apps/command/train.h"
#include "apps/sweep/crew.h"
#include "apps/sweep/ledger.h"
#include "io/run/shared_run.h"

namespace ganflow::sweep {

class Desk {
 public:
  Desk(const cli::Training& training, const cli::RunOptions& options, Crew& crew,
       const cli::StopOnSignal& signals);

  // To the end of the run. Returns the exit code; throws Error for what stops it before training
  // and for output that cannot be written, with every trainer told to stop and gone.
  int run();

 private:
  struct Rank {
    std::optional<Ready> ready;
    bool begun = false;   // was told to
    bool failed = false;  // said why it ends
  };

  void serve();
  void hear(int rank, const Ready& ready);
  void hear(int rank, const Want& want);
  void hear(int rank, const News& news);
  void hear(int rank, const Done& done);
  void hear(int rank, const Say& say);
  void hear(int rank, const Failed& failed);
  void hear(int rank, const Interrupted&);
  void ended(const Crew::Event& event);

  void open(const Ready& first);
  void begin(int rank);
  void deal(int rank, int most);
  void stop();
  // What is left of replicas that were not trained to their end; remembers the exit code.
  void say_what_is_left();
  void remember(int exit_code) {
    if (exit_code_ == 0) exit_code_ = exit_code;
  }
  std::string name_of(int rank) const;  // "rank 1 (pid 12 on host a)"
  // Runs what takes its time beside listening, so that ranks know that this one is there.
  void aside(const std::function<void()>& body);

  const cli::Training& training_;
  const cli::RunOptions& options_;
  Crew& crew_;
  const cli::StopOnSignal& signals_;
  std::vector<Rank> ranks_;
  Ledger ledger_;
  std::unique_ptr<SharedRun> run_;
  cli::ProgressView view_;
  RunResult result_;
  std::set<std::string> said_;  // why ranks ended: one sentence is said once
  std::chrono::steady_clock::time_point start_;
  int commits_ = 0, exit_code_ = 0;
  bool stopping_ = false, whole_ = true;
};

}  // namespace ganflow::sweep
