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

enum class PresetSize { small, shipped };  // networks as small as the options allow

// Every distinct program of these presets, or of all, one occurrence a trip.
std::vector<PresetProgram> preset_programs(PresetSize size = PresetSize::small,
                                           const std::vector<std::string>& names = {});

}  // namespace ganflow::test
