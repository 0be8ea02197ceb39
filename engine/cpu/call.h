// The flat list a compiled program is at run time: function pointers over constant specifications.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "engine/device/executable.h"
#include "engine/kernels/launches.h"

namespace ganflow::cpu {

using namespace kernels;  // this room runs what that one plans

struct Frame {
  const Bindings& bindings;
  std::byte* constants;  // never written while running
  std::byte* scratch;    // of the running kernel, behind the values in the arena

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
        return bindings.outputs[place.slot] + place.offset;
      case Space::scratch:
        return scratch + place.offset;
      case Space::clock:
      case Space::none:
        break;
    }
    return nullptr;
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
