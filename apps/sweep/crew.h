// The trainers of all ranks, as the desk sees them, and what carries words between: a socket to the
// trainer of rank 0, MPI and a relay to the others.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apps/sweep/messages.h"
#include "engine/ranks/channel.h"
#include "engine/ranks/ranks.h"

namespace ganflow::sweep {

// A rank whose polls of another rank's messages come to nothing for so long takes it for lost. Time
// in which this process was stopped itself does not count.
constexpr double kSilence = 60;  // seconds

// A trainer that this process forked.
struct Trainer {
  Channel channel;
  pid_t pid = 0;
  // Its wait status once it ended and all that it sent was received; called until then.
  std::optional<int> ended();
};

// What a relay wraps around a word: what it is, then the word.
enum class Wrap : char {
  word,   // of or for the trainer
  ended,  // the trainer; its wait status
  alive,  // nothing, but that the rank is there
  leave   // to a relay: the run is over; then whether every rank is there
};

// Counts polls in which a rank said nothing.
class Silence {
 public:
  void heard() { polls_ = 0; }
  // Once every kPoll milliseconds.
  bool too_long() { return ++polls_ * kPoll > kSilence * 1000; }
  static constexpr int kPoll = 5;

 private:
  long polls_ = 0;
};

class Crew {
 public:
  Crew(Trainer own, std::unique_ptr<Ranks> ranks, int size);

  struct Event {
    enum class Kind : std::uint8_t { word, ended, lost } kind = Kind::word;
    int rank = 0;
    FromTrainer word;     // of Kind::word
    int wait_status = 0;  // of Kind::ended
  };
  // What happened next; waits at most Silence::kPoll milliseconds for it.
  std::optional<Event> next();
  // Keeps what happens until next(): for whoever waits for something else meanwhile.
  void listen();

  void send(int rank, const ToTrainer& word);
  void send_all(const ToTrainer& word);
  int size() const { return size_; }
  // Trainers that neither ended nor are lost.
  bool any() const;
  // The last call: lets every relay go.
  void leave();

 private:
  void poll_ranks();

  Trainer own_;
  std::unique_ptr<Ranks> ranks_;
  int size_;
  std::deque<Event> events_;
  std::vector<bool> there_;  // by rank, its trainer
  std::vector<bool> lost_;   // by rank
  std::vector<Silence> silence_;
  int polls_ = 0;
};

// What the process of a rank other than 0 does: carries words, until the desk lets it go. Returns
// the exit code.
int relay(Trainer trainer, Ranks& ranks, const std::atomic<bool>& stop,
          const std::atomic<int>& commits);

}  // namespace ganflow::sweep
