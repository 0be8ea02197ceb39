// A program on Variables as a GPU keeps them: those of four axes (kernels of convolutions, and what
// optimizers keep beside them) with the second axis last, the order that the library reads and
// writes without copies.
#pragma once

#include <vector>

#include "engine/program/program.h"

namespace ganflow::cuda {

// Axis i of what is stored is axis stored_axes(shape)[i] of the Variable. Empty: as it is.
std::vector<int> stored_axes(const Shape& of_variable);

// The same program where every Variable slot holds what is stored, its operations in the order of
// elements that the table of texts knows for them (PrimitiveText::arranged).
Program stored(const Program& program);

}  // namespace ganflow::cuda
