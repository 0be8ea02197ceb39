// Latents and labels of samples, and samples of latents and labels: programs of lower_drawing() on
// a checkpoint.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/device/device.h"
#include "engine/graph/drawing.h"

namespace ganflow {

// By draws of the drawing, n rows one after the other.
using DrawnRows = std::vector<std::vector<float>>;

// What the n samples that generate() makes with the same `draw` are drawn from.
DrawnRows drawn_rows(const LoweredReplica& replica, const LoweredDrawing& drawing,
                     const Restored& state, Extent n, std::uint64_t draw, const Device& device);

// n samples, rows of `elements` numbers one after the other. Throws Error(input) if `state` lacks a
// Variable.
std::vector<float> samples_from(const LoweredReplica& replica, const LoweredDrawing& drawing,
                                const Restored& state, const DrawnRows& rows, Extent n,
                                Extent elements, const Device& device);

}  // namespace ganflow
