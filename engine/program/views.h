// Views: how a value is read where it lies, as a reading of a stored tensor.
#pragma once

#include "engine/program/primitive.h"

namespace ganflow {

Reading dense_reading(const Shape& shape);

// The elements lie side by side in row-major order from reading.offset on.
bool is_dense(const Shape& shape, const Reading& reading);

// The same elements in the same order under another shape, where steps can express it.
std::optional<Reading> reshaped(const Shape& from, const Reading& reading, const Shape& to);

}  // namespace ganflow
