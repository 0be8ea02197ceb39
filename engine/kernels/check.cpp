#include "engine/kernels/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

namespace ganflow::kernels {
namespace {

constexpr const char* kSpaces[] = {"nowhere",  "the arena", "the constants", "input",
                                   "variable", "output",    "the scratch",   "the clock"};

std::string name_of(const Place& place) {
  const std::string space = kSpaces[static_cast<int>(place.space)];
  const bool slotted =
      place.space == Space::input || place.space == Space::variable || place.space == Space::output;
  return slotted ? fmt::format("{} {}", space, place.slot) : space;
}
std::string name_of(const Region& r) {
  return fmt::format("bytes {} to {} of {}", r.place.offset, r.place.offset + r.bytes,
                     name_of(r.place));
}

bool overlap(const Region& a, const Region& b) {
  return a.place.space == b.place.space && a.place.slot == b.place.slot && a.bytes && b.bytes &&
         a.place.offset < b.place.offset + b.bytes && b.place.offset < a.place.offset + a.bytes;
}

// Where element 0 of the region's value would lie.
std::ptrdiff_t origin(const Region& r) {
  return static_cast<std::ptrdiff_t>(r.place.offset) - static_cast<std::ptrdiff_t>(r.first);
}
bool same_value(const Region& a, const Region& b) {
  return a.value == b.value && origin(a) == origin(b);
}

// Which value every byte of a memory holds.
class Memories {
 public:
  void write(const Region& r) {
    if (r.bytes == 0) return;
    Blocks& blocks = blocks_of(r);
    const std::size_t lo = r.place.offset, hi = lo + r.bytes;
    cut(blocks, lo);
    cut(blocks, hi);
    blocks.erase(blocks.lower_bound(lo), blocks.lower_bound(hi));
    blocks[lo] = {hi, r.value, origin(r)};
  }

  // What is wrong with reading it.
  std::optional<std::string> read(const Region& r) {
    Blocks& blocks = blocks_of(r);
    const std::size_t end = r.place.offset + r.bytes;
    auto block = blocks.upper_bound(r.place.offset);
    if (block != blocks.begin()) --block;
    for (std::size_t at = r.place.offset; at < end; at = block->second.end, ++block) {
      while (block != blocks.end() && block->second.end <= at) ++block;
      if (block == blocks.end() || block->first > at)
        return fmt::format("reads %{} before it is written", r.value);
      if (block->second.value != r.value || block->second.origin != origin(r))
        return fmt::format("reads %{} where %{} lies", r.value, block->second.value);
    }
    return std::nullopt;
  }

 private:
  struct Block {
    std::size_t end;
    ValueId value;
    std::ptrdiff_t origin;
  };
  using Blocks = std::map<std::size_t, Block>;  // by first byte

  Blocks& blocks_of(const Region& r) { return memory_[{r.place.space, r.place.slot}]; }
  static void cut(Blocks& blocks, std::size_t at) {
    auto after = blocks.lower_bound(at);
    if (after == blocks.begin()) return;
    Block& before = std::prev(after)->second;
    if (before.end <= at) return;
    blocks[at] = before;
    before.end = at;
  }

  std::map<std::pair<Space, std::uint32_t>, Blocks> memory_;
};

class Checker {
 public:
  explicit Checker(const Launches& launches) : launches_(launches) {}

  std::vector<std::string> run() {
    where_ = "the start";
    for (const Region& r : launches_.given) {
      check_bounds(r);
      memories_.write(r);
    }
    for (std::size_t i = 0; i < launches_.list.size(); ++i) {
      where_ = fmt::format("launch {}", i);
      const Launch& launch = launches_.list[i];
      for (const Region& r : launch.reads) check_read(r);
      for (const Region& r : launch.writes) check_write(launch, r);
      for (const Region& r : launch.writes)
        if (r.place.space != Space::scratch) memories_.write(r);
    }
    where_ = "the end";
    for (const Region& r : launches_.wanted) check_read(r);
    return std::move(found_);
  }

 private:
  void add(const Region& r, const std::string& what) {
    found_.push_back(fmt::format("{} {}: {}", where_, what, name_of(r)));
  }
  // Of the memory that a place is in; none: there is no such slot.
  std::optional<std::size_t> size_of(const Place& place) const {
    const auto of = [&](const std::vector<std::size_t>& slots) {
      return place.slot < slots.size() ? std::optional(slots[place.slot]) : std::nullopt;
    };
    switch (place.space) {
      case Space::arena:
        return launches_.arena_bytes;
      case Space::constants:
        return launches_.constant_bytes;
      case Space::scratch:
        return launches_.scratch_bytes;
      case Space::input:
        return of(launches_.input_bytes);
      case Space::variable:
        return of(launches_.variable_bytes);
      case Space::output:
        return of(launches_.output_bytes);
      case Space::clock:
      case Space::none:
        break;
    }
    return std::nullopt;
  }
  void check_bounds(const Region& r) {
    if (r.bytes == 0) return;
    const std::optional<std::size_t> size = size_of(r.place);
    if (!size) return add(r, "has no place");
    if (r.bytes > *size || r.place.offset > *size - r.bytes)
      add(r, fmt::format("goes beyond {} bytes", *size));
  }
  void check_read(const Region& r) {
    check_bounds(r);
    if (const auto wrong = memories_.read(r)) add(r, *wrong);
  }
  void check_write(const Launch& launch, const Region& r) {
    check_bounds(r);
    if (r.place.space == Space::input || r.place.space == Space::constants)
      add(r, fmt::format("writes %{} to what is only read", r.value));
    for (const Region& other : launch.writes)
      if (&other < &r && overlap(other, r)) add(r, "writes two values");
    for (const Region& read : launch.reads)
      if (overlap(read, r) &&
          !(read.element_bytes == r.element_bytes &&
            in_step(read.traversal, r.traversal, origin(read), origin(r), r.element_bytes)))
        add(r, fmt::format("writes %{} over %{}, which it still reads", r.value, read.value));
  }

  const Launches& launches_;
  Memories memories_;
  std::vector<std::string> found_;
  std::string where_;  // in the list
};

// By launch: which earlier ones the dependences put before it, directly or not.
std::vector<std::vector<bool>> ordered(std::size_t launches, const Dependences& dependences) {
  std::vector<std::vector<bool>> before(launches, std::vector<bool>(launches, false));
  for (std::size_t later = 0; later < launches; ++later)
    for (const std::size_t earlier : dependences.at(later)) {
      before[later][earlier] = true;
      for (std::size_t i = 0; i < earlier; ++i)
        if (before[earlier][i]) before[later][i] = true;
    }
  return before;
}

}  // namespace

std::vector<Hazard> hazards(const Launches& launches) {
  std::vector<Hazard> found;
  const auto& list = launches.list;
  for (std::size_t later = 0; later < list.size(); ++later)
    for (std::size_t earlier = 0; earlier < later; ++earlier) {
      const auto add = [&](Hazard::Kind kind, const std::vector<Region>& first,
                           const std::vector<Region>& second) {
        for (const Region& a : first)
          for (const Region& b : second)
            if (overlap(a, b) && (kind != Hazard::Kind::read_after_write || same_value(a, b)))
              return found.push_back({kind, earlier, later});
      };
      add(Hazard::Kind::read_after_write, list[earlier].writes, list[later].reads);
      add(Hazard::Kind::write_after_read, list[earlier].reads, list[later].writes);
      add(Hazard::Kind::write_after_write, list[earlier].writes, list[later].writes);
    }
  return found;
}

int critical_path(std::size_t launches, const std::vector<Hazard>& hazards) {
  std::vector<std::vector<std::size_t>> before(launches);
  for (const Hazard& hazard : hazards) before.at(hazard.later).push_back(hazard.earlier);
  std::vector<int> length(launches, 1);
  int longest = 0;
  for (std::size_t i = 0; i < launches; ++i) {
    for (const std::size_t earlier : before[i])
      length[i] = std::max(length[i], length[earlier] + 1);
    longest = std::max(longest, length[i]);
  }
  return longest;
}

std::vector<std::string> faults(const Launches& launches) { return Checker(launches).run(); }

std::vector<std::string> faults(const Launches& launches, const Dependences& dependences) {
  constexpr const char* kKinds[] = {"reads what launch {} writes", "writes what launch {} reads",
                                    "writes what launch {} writes"};
  std::vector<std::string> found = faults(launches);
  const auto before = ordered(launches.list.size(), dependences);
  for (const Hazard& hazard : hazards(launches))
    if (!before[hazard.later][hazard.earlier])
      found.push_back(fmt::format(
          "launch {} {} without waiting for it", hazard.later,
          fmt::format(fmt::runtime(kKinds[static_cast<int>(hazard.kind)]), hazard.earlier)));
  return found;
}

}  // namespace ganflow::kernels
