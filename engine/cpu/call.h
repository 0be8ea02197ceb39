// The flat list a compiled program is at run time: function pointers over constant specifications.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "engine/program/compile.h"

namespace ganflow::cpu {

enum class Space : std::uint8_t { arena, constants, input, variable, output };

// Where a tensor lives; resolved against the Bindings of a run.
struct Place {
  Space space = Space::arena;
  std::uint32_t slot = 0;
  std::size_t offset = 0;  // bytes
};

struct Frame {
  const Bindings& bindings;
  std::byte* constants;  // never written while running

  std::byte* at(const Place& place) const {
    switch (place.space) {
      case Space::arena:
        return bindings.arena + place.offset;
      case Space::constants:
        return constants + place.offset;
      case Space::input:
        return const_cast<std::byte*>(bindings.inputs[place.slot]) + place.offset;
      case Space::variable:
        return bindings.variables[place.slot] + place.offset;
      case Space::output:
        break;
    }
    return bindings.outputs[place.slot] + place.offset;
  }
};

struct Spec {
  virtual ~Spec() = default;
};

struct Call {
  void (*run)(const Spec& spec, const Frame& frame) = nullptr;
  std::unique_ptr<const Spec> spec;
};

}  // namespace ganflow::cpu
