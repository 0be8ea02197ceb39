// Programs one after another as one program: the occurrences of a macro-iteration, say, which one
// submission to a device then runs. Rewrites see it whole: the generator's forward passes of five
// critic steps become one.
#pragma once

#include <set>
#include <span>
#include <string>
#include <vector>

#include "engine/program/program.h"

namespace ganflow {

struct Occurrence {
  const Program* program = nullptr;
  // When it draws, by its own clock: clock c of the program is clocks[c] of the chain. The fourth
  // critic step of a trip: {{.clock = 0, .offset = 3}}.
  std::vector<DrawTime> clocks{DrawTime{}};
};

// Slots by occurrence, then by the slot of its program.
struct Chain {
  Program program;
  std::vector<std::vector<std::uint32_t>> inputs, outputs;
};

// What an occurrence assigns to a Variable is what later ones read, and what the last one assigns
// is assigned. Inputs and outputs are slots of their own, "NAME#J" of occurrence J (from 0), but
// inputs whose name is in `shared` are one slot for all that have it. Variables are one by name.
// Throws Error(usage) where slots of one name differ in type, where none is to be shared, and where
// an occurrence has no time for a clock that its program draws by.
Chain chain(std::span<const Occurrence> occurrences, const std::set<std::string>& shared = {});

}  // namespace ganflow
