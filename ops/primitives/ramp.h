// Counting as a constant of a program.
#pragma once

#include "engine/program/value.h"

namespace ganflow {

Value ramp(Builder& builder, Extent n);  // 0, 1, ..., n - 1 (n), n >= 1

}  // namespace ganflow
