// The device that a run is lowered for.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "engine/device/device.h"

namespace ganflow::cli {

// Calls `lower` for the device, and returns it. Where `automatic` says that nobody has named it: if
// it has no kernel for something, says what, and calls `lower` for the CPU; if it is not the CPU,
// says which it is. Throws what `lower` throws.
std::shared_ptr<const Device> lower_on(std::shared_ptr<const Device> device, bool automatic,
                                       const std::function<void(const Device&)>& lower);

}  // namespace ganflow::cli
