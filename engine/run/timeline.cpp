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

Cursor::Cursor(const std::vector<LoweredPhase>& phases, int phase, const Cut& start)
    : phases_(&phases),
      phase_(phase),
      macro_(start.macro),
      done_(start.done),
      begin_(start.steps),
      counts_(counts(phases, phase)) {
  load();
}

void Cursor::load() {
  critic_ = critic_updates(*phases_, macro_);
  before_ = 0;
  for (int p = 0; p < phase_; ++p)
    if (counts(*phases_, p)) before_ += occurrences(*phases_, p, macro_);
  count_ = occurrences(*phases_, phase_, macro_);
}

bool Cursor::seek(std::uint64_t occurrence, Step steps) {
  occurrence_ = occurrence;
  while (begin_ < steps && occurrence >= first() + count_) {
    begin_ += critic_;
    for (std::size_t p = 0; p < done_.size(); ++p)
      done_[p] += occurrences(*phases_, static_cast<int>(p), macro_);
    ++macro_;
    load();
  }
  return begin_ < steps;
}

std::uint64_t Cursor::last(int phase) const {
  std::uint64_t before = done_[static_cast<std::size_t>(phase)];
  if (phase < phase_) before += occurrences(*phases_, phase, macro_);
  if (phase == phase_) before = occurrence_;
  return before > 0 ? before - 1 : 0;
}

}  // namespace ganflow
