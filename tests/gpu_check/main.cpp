// gpu-check CASES [cuda:N]: what to run first on a machine with a GPU. CASES is written by
// gpu-cases where there is none. Prints a Markdown block; exit code 1 if a kernel computes what its
// emulation does not.
#include <fmt/chrono.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <exception>

#include "gpu_check/check.h"

using namespace ganflow;

int main(int argc, char** argv) {
  if (argc < 2 || argc > 3) {
    fmt::print(stderr, "usage: gpu-check CASES [GPU]\n");
    return 2;
  }
  try {
    const auto cases = test::read_cases(argv[1]);
    const cuda::Driver& driver = cuda::driver();
    const int version = cuda::version_of(driver);
    const cuda::Nvrtc& nvrtc = cuda::nvrtc(version);
    const auto gpu =
        std::make_shared<const cuda::Context>(driver, argc == 3 ? std::atoi(argv[2]) : 0);
    fmt::print("{}, sm_{}, driver for CUDA {}, NVRTC {}, {:%Y-%m-%d %H:%M} UTC\n\n", gpu->title(),
               gpu->architecture(), cuda::version_text(version),
               cuda::version_text(cuda::version_of(nvrtc)), fmt::gmtime(std::time(nullptr)));
    const bool holds =
        test::check_gpu(gpu, cuda::Jit(nvrtc), cases, {}, [](const std::string& line) {
          fmt::print("{}\n", line);
          std::fflush(stdout);
        });
    return holds ? 0 : 1;
  } catch (const std::exception& e) {
    fmt::print(stderr, "gpu-check: {}\n", e.what());
    return 2;
  }
}
