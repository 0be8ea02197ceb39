// What circulates: preallocated slots, handed round as pointers. Holding a slot is the permission
// to write it.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "engine/device/device.h"
#include "engine/graph/lowered.h"
#include "engine/tensor/memory.h"

namespace ganflow {

// What the exception being handled says. Call in a catch (...) block.
std::string current_exception_text();

// A data or ahead slot, or a step token of a replica. It serves one trip at a time.
struct Token {
  int replica = 0;
  int trip = 0;  // which kind
  Timing timing = Timing::step;
  std::size_t slot = 0;          // which one of its kind
  std::uint64_t number = 0;      // of the trip, among those of its kind since the run began
  std::uint64_t occurrence = 0;  // its first one
  std::uint64_t key = 0;         // unique among the slots of one kind and timing in flight
  std::vector<Step> row_steps;   // of the trip's occurrences
  Token* data = nullptr;         // the slots this trip was joined with
  Token* ahead = nullptr;

  Mirror buffers;  // of its stages
  Block arena;     // of their programs
  Mirror control;  // cells of kAlignment bytes: the scalars by occurrence, the clocks by stage
  std::shared_ptr<Queue> queue;  // step tokens of a replica have one, and one arena
  Mark done;                     // behind everything of this trip, once it has left its stages
  // Of step tokens, the schedule node's:
  bool away = false, home = false;  // under way; come home, but not recorded
  // By stage of all trips, by the slots it is joined with: Replica knows the order.
  std::vector<std::vector<std::unique_ptr<Prepared>>> prepared;

  std::atomic<int> node{-1};  // last node that held it and the step then, for the watchdog
  std::atomic<Step> seen_step{0};
  std::atomic<bool> failed{false};

  Step row_step() const { return row_steps.front(); }
  // The first failure stays. Branches of a fork may fail at once.
  void fail(std::string message);
  std::string failure() const;

 private:
  mutable std::mutex mutex_;
  std::string failure_;
};

// What the writer thread is given. The counters say how much of the replica was handed over before
// it, from which the writer restores the order.
struct Delivery {
  enum class Kind : std::uint8_t { rows, evaluation, commit } kind = Kind::rows;
  std::uint64_t rows_before = 0, evaluations_before = 0, commits_before = 0;

  // Whoever asks why nothing moves reads these two at any time.
  void belong_to(int replica) { std::atomic_ref(replica_).store(replica); }
  int replica() const { return std::atomic_ref(const_cast<int&>(replica_)).load(); }
  // Where it is: an evaluation's name, "writer", or null: here.
  void put(const char* place) { std::atomic_ref(place_).store(place); }
  const char* place() { return std::atomic_ref(place_).load(); }

 private:
  int replica_ = 0;
  const char* place_ = nullptr;
};

// Packed rows of the phase tables of one replica, a section per phase.
struct RowBlock : Delivery {
  RowBlock() { kind = Kind::rows; }
  std::vector<std::byte> bytes;
  std::vector<std::size_t> begin;  // section of each phase
  std::vector<int> rows;           // filled rows of each section
};

struct EvaluationSlot : Delivery {
  EvaluationSlot() { kind = Kind::evaluation; }
  int evaluation = 0;  // of LoweredReplica::evaluations
  Step step = 0;
  bool failed = false;  // nothing to deliver
  std::uint64_t first_draw = 0;
  Extent wanted = 0, made = 0;  // samples
  bool calling = false;         // a call is under way
  Mark landed;                  // behind its samples

  Block variables;  // copies
  Block arena;      // of one call
  Mirror output;    // of one call
  Mirror control;   // cells of kAlignment bytes: the program's inputs, then its DrawClock
  Mirror data;      // what sources draw for one call
  std::unique_ptr<Queue> queue;
  std::map<const Executable*, std::unique_ptr<Prepared>> prepared;  // all on the blocks above
  std::vector<float> samples;
  std::vector<double> values;  // of the metric's columns
  std::vector<float> seen;     // of the metric's SeenRows
};

struct SnapshotSlot : Delivery {
  SnapshotSlot() { kind = Kind::commit; }
  Mirror memory;
  Mark landed;        // behind the copy in the host's memory
  Memory reordered;   // Variables that the device keeps in another order of axes
  Snapshot snapshot;  // views of these two
  double writer_wait_seconds = 0;
};

// Free slots and the step tokens that wait for one. Allocates only when it is filled.
template <class Item>
class Pool {
 public:
  void add(Item& item, std::size_t waiters) {
    free_.push_back(&item);
    waiting_.reserve(waiters);
  }
  // Absent: `who` waits now and may already be running elsewhere when this returns.
  Item* acquire(Token& who) {
    const std::lock_guard lock(mutex_);
    if (free_.empty()) {
      waiting_.push_back(&who);
      return nullptr;
    }
    Item* item = free_.back();
    free_.pop_back();
    return item;
  }
  // The token to try again, the one that waits longest.
  Token* release(Item& item) {
    const std::lock_guard lock(mutex_);
    free_.push_back(&item);
    if (waiting_.empty()) return nullptr;
    Token* token = waiting_.front();
    waiting_.erase(waiting_.begin());
    return token;
  }

 private:
  std::mutex mutex_;
  std::vector<Item*> free_;
  std::vector<Token*> waiting_;
};

}  // namespace ganflow
