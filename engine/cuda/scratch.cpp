#include "engine/cuda/scratch.h"

#include <algorithm>
#include <map>

#include "engine/kernels/check.h"
#include "engine/tensor/memory.h"

namespace ganflow::cuda {

using namespace kernels;

namespace {

// By launch: whether the data puts the launch of an index before it.
using Ancestors = std::vector<std::vector<bool>>;

Ancestors ancestors_of(const Launches& launches) {
  const std::size_t n = launches.list.size();
  Ancestors before(n, std::vector<bool>(n));
  std::vector<Hazard> found = hazards(launches);
  std::ranges::sort(found, {}, &Hazard::later);
  for (const Hazard& h : found) {
    if (h.kind != Hazard::Kind::read_after_write) continue;
    before[h.later][h.earlier] = true;
    for (std::size_t i = 0; i < h.earlier; ++i)
      if (before[h.earlier][i]) before[h.later][i] = true;
  }
  return before;
}

// Bytes of the arena and the launches that touch them, ascending.
struct Occupied {
  std::size_t first = 0, end = 0;
  std::vector<std::size_t> users;
};

template <class Visit>
void each_region(const Launches& launches, Visit&& visit) {
  for (std::size_t i = 0; i < launches.list.size(); ++i) {
    for (const Region& r : launches.list[i].reads) visit(i, r);
    for (const Region& r : launches.list[i].writes) visit(i, r);
  }
}

std::vector<Occupied> values_of(const Launches& launches) {
  std::map<std::pair<ValueId, std::size_t>, Occupied> values;  // by value and where it begins
  each_region(launches, [&](std::size_t launch, const Region& r) {
    if (r.place.space != Space::arena || r.bytes == 0) return;
    Occupied& value = values[{r.value, r.place.offset - r.first}];
    const std::size_t first = r.place.offset, end = first + r.bytes;
    value.first = value.users.empty() ? first : std::min(value.first, first);
    value.end = std::max(value.end, end);
    value.users.push_back(launch);
  });
  std::vector<Occupied> all;
  for (auto& [key, value] : values) all.push_back(std::move(value));
  return all;
}

}  // namespace

std::vector<std::size_t> place_scratch(Launches& launches, std::span<const ScratchBlock> blocks,
                                       std::size_t alignment) {
  std::vector<std::size_t> offsets(blocks.size());
  if (blocks.empty()) return offsets;
  const Ancestors before = ancestors_of(launches);
  std::vector<Occupied> occupied = values_of(launches);
  std::vector<std::vector<std::size_t>> users(blocks.size());
  each_region(launches, [&](std::size_t launch, const Region& r) {
    if (r.place.space != Space::scratch) return;
    for (std::size_t b = 0; b < blocks.size(); ++b)
      if (r.place.offset - blocks[b].first < blocks[b].bytes) users[b].push_back(launch);
  });
  const auto all_before = [&](const auto& earlier, const auto& later) {
    return std::ranges::all_of(later, [&](std::size_t l) {
      return std::ranges::all_of(earlier, [&](std::size_t e) { return before[l][e]; });
    });
  };
  for (std::size_t b = 0; b < blocks.size(); ++b) {
    std::vector<const Occupied*> others;  // whose bytes it must not have
    for (const Occupied& o : occupied)
      if (!all_before(o.users, users[b]) && !all_before(users[b], o.users)) others.push_back(&o);
    std::ranges::sort(others, {}, &Occupied::first);
    std::size_t at = 0;
    for (const Occupied* o : others)
      if (o->first < at + blocks[b].bytes && at < o->end) at = round_up(o->end, alignment);
    offsets[b] = at;
    occupied.push_back({at, at + blocks[b].bytes, users[b]});
    launches.arena_bytes = std::max(launches.arena_bytes, at + blocks[b].bytes);
  }
  return offsets;
}

}  // namespace ganflow::cuda
