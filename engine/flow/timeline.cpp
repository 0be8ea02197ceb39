#include "engine/flow/timeline.h"

#include "engine/error.h"

namespace ganflow {

std::uint64_t occurrences(const std::vector<LoweredPhase>& phases, int phase, std::uint64_t macro) {
  const int count = phases[phase].count(macro);
  const int least = phase == 0 ? 1 : 0;
  if (count < least) {
    fail(Fault::usage,
         "phase '{}' asks for {} steps in macro-iteration {}, it needs at least {}: correct its "
         "count",
         phases[phase].name, count, macro, least);
  }
  return static_cast<std::uint64_t>(count);
}

Cursor::Cursor(const std::vector<LoweredPhase>& phases, int phase, const Cut& start)
    : phases_(&phases),
      phase_(phase),
      macro_(start.macro),
      first_(start.done[phase]),
      begin_(start.done[0]) {
  load();
}

void Cursor::load() {
  critic_ = occurrences(*phases_, 0, macro_);
  count_ = occurrences(*phases_, phase_, macro_);
}

bool Cursor::seek(std::uint64_t occurrence, Step steps) {
  occurrence_ = occurrence;
  while (begin_ < steps && occurrence >= first_ + count_) {
    begin_ += critic_;
    first_ += count_;
    ++macro_;
    load();
  }
  return begin_ < steps;
}

}  // namespace ganflow
