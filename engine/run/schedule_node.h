// Decides what a step token does next: rows, evaluations, commits, the next trip, retirement.
// One schedule node for all replicas. Knows no TBB: it sends slots through Edges.
//
// Trips begin in order, each when the one before has left its stages, and as many as there are step
// tokens are under way at a time. They are recorded in order, too, when they have come home. Where
// a macro-iteration end asks for something (an evaluation, a commit, a stop) nothing begins before
// all have: what happens there sees one replica at rest, however far it ran ahead.
#pragma once

#include <atomic>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "engine/run/replica.h"
#include "engine/run/statistics.h"
#include "engine/run/watch.h"

namespace ganflow {

// Where slots are sent. Each call gives the slot away.
class Edges {
 public:
  virtual ~Edges() = default;
  virtual void begin(Token& token) = 0;     // to the stages of token.trip and token.timing
  virtual void schedule(Token& token) = 0;  // a step token back to the schedule node
  virtual void evaluate(EvaluationSlot& slot) = 0;
  virtual void write(Delivery& delivery) = 0;
  // True if the mark has passed; else the step token comes back to the schedule node when it has.
  virtual bool passed(const Mark& mark, Token& token) = 0;
};

class ScheduleNode {
 public:
  // Evaluations that may run or wait for delivery at a time, in all replicas together.
  static constexpr int kEvaluationSlots = 2;
  // Record blocks per replica: one that fills, one at the writer, one on its way.
  static constexpr int kBlocks = 3;

  // `output_failed` tells whether the writer has given up.
  ScheduleNode(std::deque<Replica>& replicas, const RunnerOptions& options,
               const std::atomic<bool>& stop, const std::atomic<bool>& output_failed);

  // Sends what a replica starts with. `edges` must live until everything came home.
  void start(Edges& edges);
  // The body of the schedule node, for step tokens that came home or waited. Does not throw.
  void advance(Token& step) noexcept;
  // A step token has left its stages, all it does is enqueued; it is not home yet. Does not throw.
  void left(const Token& step) noexcept;
  // A delivery came back from the writer.
  void returned(Delivery& delivery);
  // An evaluation has measured its values.
  void measured(const EvaluationSlot& slot);
  // An evaluation failed: the replica stops at its next macro-iteration end.
  void evaluation_failed(const EvaluationSlot& slot, const std::string& why);

  // Its message does not yet say which checkpoint is the last good one.
  ReplicaResult result(int replica) const;
  // Checkpoints of earlier steps are good: one of this step held what made a loss unsound.
  Step good_before(int replica) const;
  // A line for each delivery that is not here; from any thread.
  std::string away();
  bool stopped() const;
  double writer_wait_seconds() const;

 private:
  enum class Point : std::uint8_t {
    trips,
    boundary,
    judgement,
    evaluations,
    commit,
    saved,
    proceed
  };
  // What a plateau does.
  struct Judge {
    Watch watch;
    int scalar = -1;  // that it makes smaller; -1: the run ends
  };
  struct State {
    std::mutex mutex;  // of all that follows, but what says otherwise
    Replica* replica = nullptr;
    Cut cut;                          // what is recorded
    Cut begun;                        // what is recorded or under way
    std::vector<Token*> idle, away;   // step tokens; those away in order
    const Token* entering = nullptr;  // begun last, and still in its stages
    bool waits = false;   // a step token is in a pool, or for its Variables to be saved,
                          // or for an evaluation
    bool over = false;    // the replica is done: what comes home is dropped
    std::string refused;  // why no further trip begins; it ends behind those under way
    Step last_boundary = 0;
    std::optional<Step> committed;
    Clock::time_point committed_at;
    int commits_wanted = 0;       // of the options, at the last one
    std::size_t uncommitted = 0;  // bytes of rows since
    Point point = Point::boundary;
    int trip = 0;           // which kind begins
    bool opened = false;    // `end` is of this kind
    bool in_macro = false;  // a macro-iteration has begun whose last trip has not
    std::vector<std::uint64_t> made, kept, sent_ahead;  // trips by kind: that have begun, are
                                                        // recorded, whose ahead slots were sent
    std::uint64_t end = 0;       // of the kind's trips in this macro-iteration
    Mark behind;                 // what its ahead slots wait for: trips of other kinds under way
    std::size_t recorded = 0;    // occurrences of the oldest trip whose rows are kept
    std::size_t evaluation = 0;  // next to consider at this boundary
    bool first = true, last = false, stopping = false;  // this boundary
    std::vector<std::size_t> row_bytes;                 // by phase
    std::deque<RowBlock> blocks;
    Pool<RowBlock> free_blocks;
    RowBlock* block = nullptr;                             // the one that fills
    Clock::time_point sent;                                // when the last one was handed over
    std::optional<Clock::time_point> waiting;              // for the writer, since
    double waited = 0;                                     // seconds
    std::uint64_t rows = 0, evaluations = 0, commits = 0;  // handed over
    Pool<SnapshotSlot> snapshots;
    SnapshotSlot snapshot;
    SnapshotSlot* saving = nullptr;  // acquired, on its way to the host
    std::vector<Judge> judges;
    bool awaits = false;         // the front step token waits for an evaluation to be measured
    std::vector<float> scratch;  // for quantiles
    ReplicaResult result;
    bool stopped = false;
    bool unsound = false;  // it stopped since a loss or a Variable is not finite
    std::atomic<bool> evaluation_failed{false};
    std::string evaluation_failure;  // written once, before the flag
    std::mutex evaluation_mutex;
  };

  // What holds the mutex and asks how to go on.
  template <class Body>
  void guarded(State& s, Body body) noexcept;
  void run(State& s);
  // Each returns false when the replica waits for something, or is over.
  bool record_trips(State& s);
  bool record_rows(State& s, Token& token);
  bool begin_trips(State& s);
  bool judge(State& s);
  bool evaluate(State& s);
  int commits_wanted() const;
  bool commit(State& s);
  bool saved(State& s);
  bool go_on(State& s);
  void at_boundary(State& s);
  bool evaluation_due(const State& s, const LoweredEvaluation& e, Step now) const;
  bool commit_due(const State& s, Step now) const;
  bool asks(const State& s) const;
  bool ends(const State& s, Step now) const;
  bool mark_passed(const State& s, Step every) const;
  void add_judges(State& s);
  void rescale(State& s);
  bool all_measured(State& s);
  void begun(State& s, int evaluation);
  void wake(State& s);
  void next_macro(State& s);
  bool keep_row(State& s, Token& step, std::size_t j);
  bool find_trip(State& s);
  void begin_trip(State& s);
  void send_ahead(State& s);
  void recycle(State& s, Token& step);
  void hand_over_rows(State& s);
  void write(Delivery& delivery);
  void retire(State& s);
  void die(State& s, const std::string& why);
  void stamp(const State& s, Delivery& delivery) const;
  // Absent: the token waits for it.
  template <class Slot>
  Slot* acquire(State& s, Pool<Slot>& pool, Token& token, bool writer_bound);

  const RunnerOptions& options_;
  const int records_;  // of a phase in a block
  const std::atomic<bool>& stop_;
  const std::atomic<bool>& output_failed_;
  Edges* edges_ = nullptr;
  std::deque<State> states_;
  std::deque<EvaluationSlot> evaluation_slots_;
  Pool<EvaluationSlot> free_evaluations_;
};

template <class Slot>
Slot* ScheduleNode::acquire(State& s, Pool<Slot>& pool, Token& token, bool writer_bound) {
  const bool waited = s.waiting.has_value();
  if (writer_bound && !waited) s.waiting = Clock::now();
  Slot* slot = pool.acquire(token);
  s.waits = slot == nullptr;
  if (slot != nullptr) {
    if (waited) s.waited += seconds_between(*s.waiting, Clock::now());
    s.waiting.reset();
  }
  return slot;
}

}  // namespace ganflow
