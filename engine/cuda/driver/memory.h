// Blocks of a GPU's memory and of pinned memory of the host, which copies reach without a detour.
#pragma once

#include <memory>

#include "engine/cuda/driver/context.h"
#include "engine/device/device.h"

namespace ganflow::cuda {

// Zeroed. The block keeps the context. Throws Error(usage): what is needed and what is free.
Block device_block(std::shared_ptr<const Context> context, std::size_t bytes);
Block pinned_block(std::shared_ptr<const Context> context, std::size_t bytes);

// Bytes that the GPU has, taken or not; 0 once it has failed.
std::size_t total_memory(const Context& context);

}  // namespace ganflow::cuda
