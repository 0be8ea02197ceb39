// What the presets train by.
#pragma once

#include <string>
#include <vector>

#include "engine/program/evaluate.h"

namespace ganflow::test {

struct PresetProgram {
  std::string preset;  // the first one that has it
  Program program;
  Tensors inputs;  // Variables as a run begins with them, inputs in [0, 1)
};

// Every distinct program of every preset, one occurrence a trip, with networks as small as its
// options allow.
std::vector<PresetProgram> preset_programs();

}  // namespace ganflow::test
