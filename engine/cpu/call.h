// The flat list a compiled program is at run time: function pointers over constant specifications.
//
// A call consists of phases, one after another, a phase of units: what can be computed apart. The
// units are the program's; who computes how many neighbours at a time is of no consequence for the
// results.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "engine/cpu/tiled.h"
#include "engine/device/executable.h"
#include "engine/kernels/launches.h"

namespace ganflow::cpu {

using namespace kernels;  // this room runs what that one plans

struct Frame {
  const Bindings& bindings;
  std::byte* constants;  // never written while running
  std::byte* scratch;  // of the running kernel, behind the values in the arena: for all who run it
  std::byte* own;      // of the thread that runs it

  std::byte* at(const Place& place) const { return address(place, bindings, constants, scratch); }
};

struct Spec {
  virtual ~Spec() = default;
};

struct Call {
  void (*run)(const Spec& spec, const Frame& frame, int phase, Units units) = nullptr;
  std::unique_ptr<const Spec> spec;
  std::vector<Phase> phases{{}};
  std::size_t shared_bytes = 0;    // of Frame::scratch
  std::size_t own_bytes = 0;       // of Frame::own
  int lines = 0, interpreted = 0;  // segments of its tape
};

}  // namespace ganflow::cpu
