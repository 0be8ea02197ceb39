// Tensors of a program as its form on a GPU has them (engine/cuda/stored.h).
#pragma once

#include <memory>

#include "engine/device/device.h"
#include "engine/program/evaluate.h"

namespace ganflow::test {

// The CPU, but for the order it keeps Variables in: a GPU's.
std::shared_ptr<const Device> storing_device();

// Of the Variables among them; others stay.
Tensors to_stored(const Program& program, const Tensors& tensors);
Tensors from_stored(const Program& program, const Tensors& stored);

}  // namespace ganflow::test
