// A GPU as a device: its own memory beside pinned memory of the host, streams, graphs.
#pragma once

#include <filesystem>

#include "engine/cuda/driver/jit.h"
#include "engine/device/device.h"

namespace ganflow::cuda {

Backend backend();

// GPU `number` of a driver, with the kernels that an NVRTC makes, kept in a folder, and the cuDNN
// that is opened at the first convolution. The tables must outlive it. Throws Error(usage).
std::shared_ptr<const Device> make_device(const Driver& driver, const Nvrtc& nvrtc,
                                          const Cudnn& (*cudnn)(), int number,
                                          const std::filesystem::path& cache,
                                          Arithmetic arithmetic = Arithmetic::usual);

}  // namespace ganflow::cuda
