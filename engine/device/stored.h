// Variables in the order of axes that a device keeps them in (Device::stored_axes), and back: files
// and snapshots have the Variable's own.
#pragma once

#include "engine/device/device.h"

namespace ganflow {

void to_stored(const Device& device, const Shape& of_variable, const float* variable,
               float* stored);
void from_stored(const Device& device, const Shape& of_variable, const float* stored,
                 float* variable);

}  // namespace ganflow
