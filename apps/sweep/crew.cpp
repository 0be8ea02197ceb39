#include "apps/sweep/crew.h"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>

namespace ganflow::sweep {
namespace {

constexpr int kPollsPerSign = 1000 / Silence::kPoll;  // of life: one a second

std::string wrapped(Wrap kind, const std::string& rest = {}) {
  return std::string(1, static_cast<char>(kind)) + rest;
}

std::string text_of(const ToTrainer& word) {
  return std::visit([](const auto& w) { return written<ToTrainer>(w); }, word);
}

}  // namespace

std::optional<int> Trainer::ended() {
  if (!channel.ended()) return std::nullopt;
  int status = 0;
  ::waitpid(pid, &status, 0);  // its end of the socket is closed by its end, or on the way there
  return status;
}

Crew::Crew(Trainer own, std::unique_ptr<Ranks> ranks, int size)
    : own_(std::move(own)),
      ranks_(std::move(ranks)),
      size_(size),
      there_(static_cast<std::size_t>(size), true),
      lost_(static_cast<std::size_t>(size)),
      silence_(static_cast<std::size_t>(size)) {}

std::optional<Crew::Event> Crew::next() {
  if (events_.empty()) listen();
  if (events_.empty()) return std::nullopt;
  Event event = std::move(events_.front());
  events_.pop_front();
  return event;
}

void Crew::listen() {
  if (there_[0]) {
    for (int wait = Silence::kPoll; const auto bytes = own_.channel.receive(wait); wait = 0)
      events_.push_back({.rank = 0, .word = read<FromTrainer>(*bytes)});
    if (const auto status = own_.ended()) {
      there_[0] = false;
      events_.push_back({.kind = Event::Kind::ended, .rank = 0, .wait_status = *status});
    }
  } else {
    ::usleep(1000 * Silence::kPoll);
  }
  poll_ranks();
}

void Crew::poll_ranks() {
  while (auto message = ranks_->receive()) {
    const auto from = static_cast<std::size_t>(message->from);
    silence_[from].heard();
    if (lost_[from] || message->bytes.empty()) continue;
    const std::string rest = message->bytes.substr(1);
    switch (static_cast<Wrap>(message->bytes[0])) {
      case Wrap::word:
        events_.push_back({.rank = message->from, .word = read<FromTrainer>(rest)});
        break;
      case Wrap::ended: {
        int status = 0;
        ByteReader reader(rest);
        reader(status);
        there_[from] = false;
        events_.push_back(
            {.kind = Event::Kind::ended, .rank = message->from, .wait_status = status});
        break;
      }
      case Wrap::alive:
      case Wrap::leave:
        break;
    }
  }
  const bool sign = ++polls_ % kPollsPerSign == 0;
  for (int rank = 1; rank < size_; ++rank) {
    const auto r = static_cast<std::size_t>(rank);
    if (lost_[r]) continue;
    if (sign) ranks_->send(rank, wrapped(Wrap::alive));
    if (!silence_[r].too_long()) continue;
    lost_[r] = true;
    if (there_[r]) events_.push_back({.kind = Event::Kind::lost, .rank = rank});
    there_[r] = false;
  }
}

void Crew::send(int rank, const ToTrainer& word) {
  if (!there_[static_cast<std::size_t>(rank)]) return;
  if (rank == 0)
    own_.channel.send(text_of(word));
  else
    ranks_->send(rank, wrapped(Wrap::word, text_of(word)));
}

void Crew::send_all(const ToTrainer& word) {
  for (int rank = 0; rank < size_; ++rank) send(rank, word);
}

bool Crew::any() const {
  return !events_.empty() || std::any_of(there_.begin(), there_.end(), [](bool t) { return t; });
}

void Crew::leave() {
  const bool all = std::none_of(lost_.begin(), lost_.end(), [](bool lost) { return lost; });
  for (int rank = 1; rank < size_; ++rank) ranks_->send(rank, wrapped(Wrap::leave, packed(all)));
  ranks_->leave(all);
}

int relay(Trainer trainer, Ranks& ranks, const std::atomic<bool>& stop,
          const std::atomic<int>& commits) {
  Silence desk;
  bool there = true, stopped = false, alone = false;
  int committed = 0, polls = 0;
  for (;;) {
    if (there) {
      int wait = Silence::kPoll;
      for (; const auto bytes = trainer.channel.receive(wait); wait = 0)
        ranks.send(0, wrapped(Wrap::word, *bytes));
      if (const auto status = trainer.ended()) {
        there = false;
        ranks.send(0, wrapped(Wrap::ended, packed(*status)));
      }
    } else {
      if (alone) return Ranks::kLeftAlone;
      ::usleep(1000 * Silence::kPoll);
    }
    while (const auto message = ranks.receive()) {
      desk.heard();
      const std::string rest = message->bytes.substr(1);
      if (static_cast<Wrap>(message->bytes.at(0)) == Wrap::leave) {
        bool all = false;
        ByteReader reader(rest);
        reader(all);
        ranks.leave(all);
        return 0;
      }
      if (static_cast<Wrap>(message->bytes[0]) == Wrap::word && there) trainer.channel.send(rest);
    }
    if (stop && !stopped) {
      stopped = true;
      ranks.send(0, wrapped(Wrap::word, written<FromTrainer>(Interrupted{})));
      trainer.channel.send(written<ToTrainer>(Stop{}));
    }
    if (committed != commits) {
      committed = commits;
      trainer.channel.send(written<ToTrainer>(Commit{}));
    }
    if (++polls % kPollsPerSign == 0) ranks.send(0, wrapped(Wrap::alive));
    if (!alone && desk.too_long()) {
      alone = true;
      trainer.channel.send(written<ToTrainer>(Stop{}));
    }
  }
}

}  // namespace ganflow::sweep
