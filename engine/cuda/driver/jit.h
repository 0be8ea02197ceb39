// Text becomes machine code for one architecture, by NVRTC; kept on disk, so that a program is
// compiled once per machine.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/cache.h"
#include "engine/cuda/driver/libraries.h"

namespace ganflow::cuda {

// What the assembler says of a kernel.
struct KernelUse {
  std::string kernel;
  int registers = 0;              // of a thread
  std::size_t spilled_bytes = 0;  // stored to memory since there were too few
};

struct Cubin {
  std::string image;  // what cuModuleLoadData takes
  std::vector<KernelUse> kernels;
};

class Jit {
 public:
  // An empty folder keeps nothing. One that cannot be written is not complained about.
  explicit Jit(const Nvrtc& nvrtc, std::filesystem::path cache = cache_folder());

  // `architecture`: 10 * major + minor of the compute capability. From any thread. A warning is an
  // error. Throws Error(usage) with the first line that NVRTC complains about.
  Cubin compile(const std::string& text, int architecture) const;

 private:
  std::string log_and_image(const std::string& text, int architecture, std::string& image) const;

  const Nvrtc& nvrtc_;
  std::string version_;
  std::filesystem::path cache_;
};

// From the log of --ptxas-options=-v.
std::vector<KernelUse> kernel_uses(const std::string& log);

}  // namespace ganflow::cuda
