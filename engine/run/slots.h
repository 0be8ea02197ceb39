// What circulates: preallocated slots, handed round as pointers. Holding a slot is the permission
// to write it.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "engine/graph/lowered.h"
#include "engine/tensor/memory.h"

namespace ganflow {

// What the exception being handled says. Call in a catch (...) block.
std::string current_exception_text();

// A data or ahead slot, or the step token of a replica. It serves one occurrence of one phase at a
// time.
struct Token {
  int replica = 0;
  int phase = 0;
  Timing timing = Timing::step;
  std::uint64_t occurrence = 0;
  std::uint64_t key = 0;  // unique among the slots of one phase and timing in flight
  Step row_step = 0;
  std::vector<std::uint64_t> last;  // occurrence of every phase before this one
  Token* data = nullptr;            // the slots this occurrence was joined with
  Token* ahead = nullptr;

  Memory memory;                         // buffers and arenas of its stages
  Memory scalars;                        // one cell of kAlignment bytes per scalar
  std::vector<const std::byte*> inputs;  // bindings of its stages, filled before each run
  std::vector<std::byte*> outputs;

  std::atomic<int> node{-1};  // last node that held it and the step then, for the watchdog
  std::atomic<Step> seen_step{0};
  std::atomic<bool> failed{false};

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
  int replica = 0;
  std::uint64_t rows_before = 0, evaluations_before = 0, commits_before = 0;

  // Where it is, for whoever asks why nothing moves: an evaluation's name, "writer", or null: here.
  void put(const char* place) { std::atomic_ref(place_).store(place); }
  const char* place() { return std::atomic_ref(place_).load(); }

 private:
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
  Extent call = 0;       // calls done
  bool failed = false;   // nothing to deliver
  Memory variables;      // copies
  Memory arena, output;  // of one call
  Memory scalars;
  std::vector<float> samples;
  std::vector<std::byte*> variable_pointers;
  std::vector<const std::byte*> inputs;
  std::vector<double> values;  // of the metric's columns
};

struct SnapshotSlot : Delivery {
  SnapshotSlot() { kind = Kind::commit; }
  Memory memory;
  Snapshot snapshot;  // views into memory
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
