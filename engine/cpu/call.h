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

  std::byte* at(const Place& place) const { return address(place, bindings, constants, scratch); }
};

struct Spec {
  virtual ~Spec() = default;
};

struct Call {
  void (*run)(const Spec& spec, const Frame& frame) = nullptr;
  std::unique_ptr<const Spec> spec;
};

}  // namespace ganflow::cpu
