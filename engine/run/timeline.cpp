#include "engine/run/timeline.h"

#include "engine/error.h"

namespace ganflow {

bool counts(const std::vector<LoweredPhase>& phases, int phase) {
  return phase == 0 || phases[static_cast<std::size_t>(phase)].counts;
}

std::uint64_t occurrences(const std::vector<LoweredPhase>& phases, int phase, std::uint64_t macro) {
  const int count = phases[phase].count(macro);
  int counting = 0;
  for (int p = 0; p < static_cast<int>(phases.size()); ++p) counting += counts(phases, p);
  const int least = counts(phases, phase) && counting == 1 ? 1 : 0;
  if (count < least) {
    fail(Fault::usage,
         "phase '{}' asks for {} steps in macro-iteration {}, it needs at least {}: correct its "
         "count",
         phases[phase].name, count, macro, least);
  }
  return static_cast<std::uint64_t>(count);
}

std::uint64_t critic_updates(const std::vector<LoweredPhase>& phases, std::uint64_t macro) {
  std::uint64_t total = 0;
  for (int p = 0; p < static_cast<int>(phases.size()); ++p)
    if (counts(phases, p)) total += occurrences(phases, p, macro);
  if (total == 0)
    fail(Fault::usage,
         "no phase takes a critic step in macro-iteration {}, one must: correct the counts", macro);
  return total;
}

std::uint64_t trips(const LoweredReplica& replica, int trip, std::uint64_t macro) {
  const int phase = replica.trips[static_cast<std::size_t>(trip)].phase;
  if (phase < 0) return 1;
  std::uint64_t left = occurrences(replica.phases, phase, macro), made = 0;
  for (int t = 0; t <= trip; ++t) {
    const LoweredTrip& kind = replica.trips[static_cast<std::size_t>(t)];
    if (kind.phase != phase) continue;
    made = left / kind.occurrences.size();
    left %= kind.occurrences.size();
  }
  return made;
}

Cursor::Cursor(const LoweredReplica& replica, int trip, const Cut& start)
    : replica_(&replica),
      trip_(trip),
      macro_(start.macro),
      done_(start.done),
      begin_(start.steps),
      critic_before_(replica.phases.size()) {
  for (std::size_t j = 0; j < of().occurrences.size(); ++j) {
    rank_.push_back(0);
    for (std::size_t k = 0; k < j; ++k) rank_[j] += phase_of(k) == phase_of(j);
  }
  load();
}

void Cursor::load() {
  const std::vector<LoweredPhase>& phases = replica_->phases;
  critic_ = critic_updates(phases, macro_);
  std::uint64_t before = 0;
  for (int p = 0; p < static_cast<int>(phases.size()); ++p) {
    critic_before_[static_cast<std::size_t>(p)] = before;
    if (counted(p)) before += occurrences(phases, p, macro_);
  }
  count_ = trips(*replica_, trip_, macro_);
  skipped_ = 0;
  for (int t = 0; t < trip_; ++t) {
    const LoweredTrip& other = replica_->trips[static_cast<std::size_t>(t)];
    if (other.phase == of().phase)
      skipped_ += trips(*replica_, t, macro_) * other.occurrences.size();
  }
}

bool Cursor::seek(std::uint64_t n, Step steps) {
  while (begin_ < steps && n >= trips_done_ + count_) {
    trips_done_ += count_;
    begin_ += critic_;
    for (std::size_t p = 0; p < done_.size(); ++p)
      done_[p] += occurrences(replica_->phases, static_cast<int>(p), macro_);
    ++macro_;
    load();
  }
  in_macro_ = n - trips_done_;
  return begin_ < steps;
}

std::uint64_t Cursor::occurrence(std::size_t j) const {
  return done_[static_cast<std::size_t>(phase_of(j))] + skipped_ +
         in_macro_ * of().occurrences.size() + rank_[j];
}

Step Cursor::step(std::size_t j) const {
  const auto phase = static_cast<std::size_t>(phase_of(j));
  return begin_ + critic_before_[phase] + (counted(phase_of(j)) ? occurrence(j) - done_[phase] : 0);
}

std::uint64_t Cursor::last(std::size_t j, int phase) const {
  std::uint64_t before = done_[static_cast<std::size_t>(phase)];
  if (phase < phase_of(j)) before += occurrences(replica_->phases, phase, macro_);
  if (phase == phase_of(j)) before = occurrence(j);
  return before > 0 ? before - 1 : 0;
}

}  // namespace ganflow
