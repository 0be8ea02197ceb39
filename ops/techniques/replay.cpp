#include "ops/techniques/replay.h"

#include <fmt/format.h>

#include <array>

#include "engine/error.h"
#include "engine/program/concat.h"
#include "engine/program/leaves.h"
#include "ops/checks.h"
#include "ops/layers/initializers.h"
#include "ops/primitives/broadcast.h"
#include "ops/primitives/compare.h"
#include "ops/primitives/layout.h"

namespace ganflow {
namespace {

Value samples_of(Formula& f, const std::string& memory, Extent capacity, Value like) {
  require_in(f, "capacity", static_cast<double>(capacity), at_least(1));
  const Formula::Scope scope(f, memory + "/");
  return f.variable("samples", like.shape().with_rows(capacity), Keep::state, init::constant(0));
}

}  // namespace

Value Remember::operator()(Formula& f, Value x) const {
  const Value samples = samples_of(f, memory, capacity, x);
  const Formula::Scope scope(f, memory + "/");
  std::vector<double> first(static_cast<std::size_t>(capacity));
  first[0] = 1;
  const Value place = f.variable("place", {capacity}, Keep::state, init::values(first));
  const Value sample = reshape(slice(x, 0, 0, 1), x.shape().without(0));
  const Value here = greater(broadcast_rows(place, samples), 0.5);
  f.assign(samples, select(here, broadcast_to(sample, samples.shape()), samples));
  if (capacity > 1)
    f.assign(place, concat(std::array{slice(place, 0, capacity - 1, capacity),
                                      slice(place, 0, 0, capacity - 1)}));
  return place;
}

Value Recall::operator()(Formula& f, Value x) const { return samples_of(f, memory, capacity, x); }

Count replay_when_full(Extent capacity, int n_critic) {
  if (capacity < 1 || n_critic < 1)
    fail(Fault::usage, "replay_when_full: capacity is {} and n_critic {}, both must be at least 1",
         capacity, n_critic);
  const auto full = static_cast<std::uint64_t>(capacity), n = static_cast<std::uint64_t>(n_critic);
  return {fmt::format("when {} are remembered", capacity),
          [=](std::uint64_t macro) {
            return static_cast<int>((macro + 1) * n / full - macro * n / full);
          },
          static_cast<int>((n + full - 1) / full)};
}

}  // namespace ganflow
