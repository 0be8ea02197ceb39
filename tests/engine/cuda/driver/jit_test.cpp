// Needs NVRTC, no GPU: skipped where none is found.
#include "engine/cuda/driver/jit.h"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <optional>
#include <thread>

#include "engine/error.h"
#include "support/recorded_driver.h"
#include "support/run_example.h"

using namespace ganflow;
using namespace ganflow::cuda;
using namespace ganflow::test;
namespace fs = std::filesystem;

namespace {

const std::string kKernel = R"(#include "engine/cuda/text/block.h"
namespace {
using namespace ganflow::cuda;
inline void doubled_body(int block, const Pointers<2>& p) {
  each<64>([&](int t) { p.to<float>(1)[block * 64 + t] = 2 * p.to<const float>(0)[t]; });
}
}  // namespace
GF_KERNEL(doubled, 64, 1, 2)
)";

std::vector<fs::path> files(const TemporaryDirectory& folder) {
  std::vector<fs::path> all;
  for (const auto& entry : fs::directory_iterator(folder.path())) all.push_back(entry.path());
  return all;
}

}  // namespace

TEST_SUITE("cuda jit") {
  TEST_CASE("registers and spilled bytes are read from the assembler's log") {
    const std::vector<KernelUse> uses = kernel_uses(
        "ptxas info    : 0 bytes gmem\n"
        "ptxas info    : Compiling entry function 'k0' for 'sm_90'\n"
        "ptxas info    : Function properties for k0\n"
        "    8 bytes stack frame, 12 bytes spill stores, 16 bytes spill loads\n"
        "ptxas info    : Used 64 registers, used 1 barriers\n"
        "ptxas info    : Compiling entry function 'k1' for 'sm_90'\n"
        "ptxas info    : Used 8 registers, used 0 barriers\n");
    REQUIRE(uses.size() == 2);
    CHECK(uses[0].kernel == "k0");
    CHECK(uses[0].registers == 64);
    CHECK(uses[0].spilled_bytes == 12);
    CHECK(uses[1].kernel == "k1");
    CHECK(uses[1].registers == 8);
    CHECK(uses[1].spilled_bytes == 0);
  }

  TEST_CASE("a kernel compiles for every architecture, the second time from the cache") {
    const Nvrtc* nvrtc = real_nvrtc();
    if (!nvrtc) return;
    const TemporaryDirectory folder;
    const Jit jit(*nvrtc, folder.path());
    for (const int architecture : {75, 80, 90, 100, 120}) {
      CAPTURE(architecture);
      const Cubin cubin = jit.compile(kKernel, architecture);
      CHECK(cubin.image.substr(1, 3) == "ELF");
      REQUIRE(cubin.kernels.size() == 1);
      CHECK(cubin.kernels[0].kernel == "doubled");
      CHECK(cubin.kernels[0].registers > 0);
      CHECK(cubin.kernels[0].spilled_bytes == 0);
    }
    CHECK(files(folder).size() == 5);

    // With a compiler that cannot be called any more.
    Nvrtc none;
    none.nvrtcVersion = nvrtc->nvrtcVersion;
    const Cubin first = jit.compile(kKernel, 90),
                second = Jit(none, folder.path()).compile(kKernel, 90);
    CHECK(first.image == second.image);
    REQUIRE(second.kernels.size() == 1);
    CHECK(second.kernels[0].registers == first.kernels[0].registers);
  }

  TEST_CASE("what does not compile, or only with a warning, says the line") {
    const Nvrtc* nvrtc = real_nvrtc();
    if (!nvrtc) return;
    const TemporaryDirectory folder;
    const Jit jit(*nvrtc, folder.path());
    const auto sentence = [&](const std::string& text, int architecture = 90) -> std::string {
      try {
        jit.compile(text, architecture);
      } catch (const Error& e) {
        return e.what();
      }
      return "it compiled";
    };
    const std::string wrong = sentence("\n\n__global__ void k() { nothing(); }\n");
    CHECK(wrong.starts_with("--device cuda: kernels for sm_90 do not compile by NVRTC "));
    CHECK(wrong.find("kernels(3): error: identifier \"nothing\" is undefined") !=
          std::string::npos);
    const std::string warned = sentence("__global__ void k() {\n  int unused;\n}\n");
    CHECK_MESSAGE(warned.find("kernels(2): warning") != std::string::npos, warned);
    CHECK(sentence(kKernel, 11)
              .ends_with("it does not know this GPU or is too old; update it (./setup.sh --cuda)"));
    CHECK(files(folder).empty());
  }

  TEST_CASE("a damaged file is made anew") {
    const TemporaryDirectory folder;
    const Nvrtc* nvrtc = real_nvrtc();
    if (!nvrtc) return;
    const Jit jit(*nvrtc, folder.path());
    const Cubin made = jit.compile(kKernel, 75);
    for (const fs::path& each : files(folder))
      if (each.extension() == ".cubin") fs::resize_file(each, fs::file_size(each) - 1);
    CHECK(jit.compile(kKernel, 75).image == made.image);
    CHECK(jit.compile(kKernel, 75).image == made.image);
  }

  TEST_CASE("threads and processes compile and keep the same text at once") {
    const Nvrtc* nvrtc = real_nvrtc();
    if (!nvrtc) return;
    const TemporaryDirectory folder;
    const auto both = [&] {
      std::string images[2];
      std::thread threads[2];
      for (int i = 0; i < 2; ++i)
        threads[i] = std::thread([&, i] {
          images[i] = Jit(*nvrtc, folder.path()).compile(kKernel + (i ? "// two\n" : ""), 80).image;
        });
      for (std::thread& thread : threads) thread.join();
      return !images[0].empty() && !images[1].empty();
    };
    const pid_t child = fork();
    if (child == 0) _exit(both() ? 0 : 1);
    CHECK(both());
    int status = 1;
    waitpid(child, &status, 0);
    CHECK(status == 0);
    CHECK(files(folder).size() == 2);
  }
}
