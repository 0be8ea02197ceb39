#include "apps/sweep/ledger.h"

#include <algorithm>

namespace ganflow::sweep {

Ledger::Ledger(int replicas, int ranks)
    : replicas_(static_cast<std::size_t>(replicas)),
      present_(static_cast<std::size_t>(ranks), true) {}

std::vector<int> Ledger::take(int rank, int most) {
  std::vector<int> taken;
  if (closed_) return taken;
  const auto ranks = std::count(present_.begin(), present_.end(), true);
  const auto left = static_cast<std::ptrdiff_t>(replicas_.size() - next_);
  const std::ptrdiff_t share =
      std::max<std::ptrdiff_t>(1, left / std::max<std::ptrdiff_t>(1, ranks));
  for (auto n = std::min({left, share, static_cast<std::ptrdiff_t>(most)}); n > 0; --n) {
    replicas_[next_].rank = rank;
    taken.push_back(static_cast<int>(next_++));
  }
  return taken;
}

void Ledger::done(int rank, int replica) {
  Replica& which = replicas_.at(static_cast<std::size_t>(replica));
  if (which.rank == rank) which.done = true;
}

void Ledger::leaves(int rank) { present_[static_cast<std::size_t>(rank)] = false; }

std::vector<int> Ledger::held_by(int rank) const {
  std::vector<int> held;
  for (std::size_t r = 0; r < next_; ++r)
    if (replicas_[r].rank == rank && !replicas_[r].done) held.push_back(static_cast<int>(r));
  return held;
}

std::vector<int> Ledger::never_taken() const {
  std::vector<int> left;
  for (std::size_t r = next_; r < replicas_.size(); ++r) left.push_back(static_cast<int>(r));
  return left;
}

}  // namespace ganflow::sweep
