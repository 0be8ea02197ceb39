// What a list of launches must keep on every device. Planning keeps it; whoever changes planning,
// or lets launches run side by side, finds here what would go wrong.
#pragma once

#include <string>

#include "engine/kernels/launches.h"

namespace ganflow::kernels {

// Two launches touch the same bytes and one of them writes: they must run in this order. A read
// after a write reads the very value that was written: those of other values that lay there before
// follow from the other kinds.
struct Hazard {
  enum class Kind : std::uint8_t { read_after_write, write_after_read, write_after_write } kind;
  std::size_t earlier = 0, later = 0;  // in the list
};
std::vector<Hazard> hazards(const Launches& launches);

// Launches in the longest chain of which each must wait for the one before it. With the reads after
// writes alone it is what the data asks for; what the other kinds add comes of sharing memory.
int critical_path(std::size_t launches, const std::vector<Hazard>& hazards);

// By launch: the earlier ones that are known to be done before it starts.
using Dependences = std::vector<std::vector<std::size_t>>;

// One sentence for each promise that is broken; none: all are kept.
//  - every region lies within the arena, the constants, the scratch, its slot;
//  - inputs and constants are not written;
//  - what is read has been written, and is the value that the launch wants;
//  - where a launch writes what it reads, it walks both in step;
//  - at the end results are where they belong.
// Launches run one after another, in order.
std::vector<std::string> faults(const Launches& launches);
// They run in any order that keeps `dependences`: besides, every hazard is ordered by them.
std::vector<std::string> faults(const Launches& launches, const Dependences& dependences);

}  // namespace ganflow::kernels
