// What the CPU has for each primitive beside its reference. A primitive that has no entry runs its
// reference: elementwise ones the plain loop over their formula, others their reference kernel.
#pragma once

#include <memory>
#include <unordered_map>

#include "engine/cpu/lanes.h"
#include "engine/cpu/tiled.h"
#include "engine/program/primitive.h"

namespace ganflow::cpu {

struct PrimitiveKernels {
  // Elementwise primitives: the loop in place of the plain one.
  ElementwiseLoop loop;
  // The same formula, recorded (engine/cpu/lanes.h). Absent: tapes that have it are interpreted.
  RecordedFormula recorded;
  // Products: made for given operands, once a program is compiled; they take an epilogue.
  std::unique_ptr<const TiledProduct> (*product)(Types inputs, const Attributes& a,
                                                 Precision precision) = nullptr;
  // The operands that `product` can be made for; absent: all.
  bool (*takes)(Types inputs, const Attributes& a) = nullptr;
  // Any primitive: the kernel in place of the reference.
  KernelPair kernel;
};

// For programs that are compiled from now on; a later call replaces an earlier one. `primitive`
// lives as long as the process. May be called from any thread.
void register_kernels(const Primitive& primitive, const PrimitiveKernels& kernels);

// What is registered for a primitive; empty if nothing is.
PrimitiveKernels kernels_of(const Primitive& primitive);

using TableOfKernels = std::unordered_map<const Primitive*, PrimitiveKernels>;

// What the primitives of operators have, which this room does not know: defined beside them, in
// ops/primitives/cpu/table.cpp. The table begins with it and with what the engine's own have.
TableOfKernels operator_kernels();

}  // namespace ganflow::cpu
