// The one thread that calls the Sink. It takes deliveries in any order and makes of them the order
// each replica handed them over in: rows of a table in step order, evaluations of a replica in
// order, a commit after everything before it and before everything after it.
#pragma once

#include <array>
#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "engine/run/nodes.h"
#include "engine/run/replica.h"
#include "engine/run/runner.h"
#include "engine/run/statistics.h"
#include "engine/run/trace.h"

namespace ganflow {

class Writer {
 public:
  struct Context {
    std::deque<Replica>& replicas;
    const Nodes& nodes;
    Sink& sink;
    const std::function<void(const Progress&)>& progress;
    Statistics& statistics;
    Trace& trace;
    std::size_t thread = 0;    // its row in both
    std::size_t capacity = 0;  // deliveries that can be in flight
    Step steps = 0;
    Clock::time_point start;
  };
  explicit Writer(const Context& context);
  ~Writer();  // delivers what can be delivered, then joins
  Writer(const Writer&) = delete;

  // Called by the writer thread when a delivery may be used again, on every path.
  void on_return(std::function<void(Delivery&)> returned) { returned_ = std::move(returned); }
  // From any thread. Never blocks on the sink, never allocates.
  void push(Delivery& delivery);
  // Joins; afterwards the results below may be read.
  void finish();

  // Set when the sink (or the progress function) threw: from then on nothing is called any more and
  // deliveries just come back.
  const std::atomic<bool>& failed() const { return failed_; }
  std::exception_ptr error() const { return error_; }
  // The newest checkpoint before `step` of a replica that the sink took or it was resumed from, of
  // the last two.
  std::optional<Step> committed_before(int replica, Step step) const {
    const auto& [newest, other] = feeds_[replica].committed;
    return newest && *newest < step ? newest : other;
  }
  // Last values of a replica's evaluations, by table.
  const std::map<std::string, std::map<std::string, double>>& evaluations(int replica) const {
    return feeds_[replica].evaluations;
  }

 private:
  struct Feed {  // what has reached the sink of one replica
    std::uint64_t rows = 0, evaluations_done = 0, commits = 0;
    std::array<std::optional<Step>, 2> committed;  // the newest first
    bool evaluation_failed = false;                // nothing after it is good: no more commits
    Progress progress;
    bool news = false;  // for progress
    Step timed_step = 0;
    double timed_seconds = 0;
    std::map<std::string, std::map<std::string, double>> evaluations;
  };
  void loop();
  bool deliverable(const Delivery& delivery) const;
  void deliver(Delivery& delivery);
  void write(RowBlock& block);
  void write(EvaluationSlot& slot);
  void write(SnapshotSlot& slot);
  void write_timing(int replica, const SnapshotSlot& slot);
  void tick();
  void report();
  template <class Body>
  void guarded(Body&& body);

  Context context_;
  std::vector<Feed> feeds_;
  std::function<void(Delivery&)> returned_;
  std::atomic<bool> failed_{false};
  std::exception_ptr error_;
  Clock::time_point ticked_;

  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Delivery*> inbox_;  // guarded by mutex_
  bool finish_ = false;           // guarded by mutex_
  std::vector<Delivery*> pending_;
  std::thread thread_;  // last: starts when everything else is there
};

}  // namespace ganflow
