#include "engine/cuda/driver/libraries.h"

#include <doctest/doctest.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "engine/error.h"
#include "support/run_example.h"

using namespace ganflow;
using namespace ganflow::cuda;
using namespace ganflow::test;
namespace fs = std::filesystem;

namespace {

std::string output_of(const std::string& command) {
  FILE* pipe = popen(command.c_str(), "r");
  std::string text;
  for (char part[512]; std::fgets(part, sizeof part, pipe);) text += part;
  pclose(pipe);
  return text;
}

// An environment variable while it lives.
struct Setting {
  Setting(const char* name, const std::string& value) : name_(name) {
    if (const char* before = std::getenv(name)) before_ = before, had_ = true;
    setenv(name, value.c_str(), 1);
  }
  ~Setting() { had_ ? setenv(name_, before_.c_str(), 1) : unsetenv(name_); }
  const char* name_;
  std::string before_;
  bool had_ = false;
};

}  // namespace

TEST_SUITE("cuda libraries") {
  TEST_CASE("no CUDA library is linked") {
    const std::string needed = output_of("readelf -d '" GANFLOW_COMMAND "' | grep NEEDED");
    CHECK(needed.find("libc.so") != std::string::npos);
    for (const char* name : {"libcuda", "libnvrtc", "libcudart", "libcublas", "libcudnn"})
      CHECK_MESSAGE(needed.find(name) == std::string::npos, needed);
  }

  TEST_CASE("where a library is looked for") {
    const TemporaryDirectory folder;
    const fs::path root = folder.path();
    const fs::path given = root / "given", other = root / "other";
    const fs::path wheel = root / ".cuda/nvidia/cuda_nvrtc/lib";
    const fs::path newer = root / ".cuda/nvidia/cu13/lib";
    const fs::path python = root / "env/lib/python3.11/site-packages/nvidia/cu13/lib";
    for (const fs::path& made : {given, other, wheel, newer, python, root / "build/bin"})
      fs::create_directories(made);
    const Setting libraries("GANFLOW_CUDA",
                            given.string() + ":" + other.string() + ":/nowhere/at/all");
    const Setting environment("VIRTUAL_ENV", (root / "env").string());
    const std::vector<fs::path> folders = library_folders(root / "build/bin");
    REQUIRE(folders.size() >= 5);
    CHECK(folders[0] == given);
    CHECK(folders[1] == other);
    CHECK(std::vector(folders.end() - 3, folders.end()) ==
          std::vector<fs::path>{newer, wheel, python});
  }

  TEST_CASE("a missing library is one sentence") {
    CHECK_THROWS_WITH_AS(
        open_library("NVRTC", {"libnone.so.13", "libnone.so.12"}, {"/one", "/two"}, "install it"),
        "--device cuda needs NVRTC: libnone.so.13, libnone.so.12 were found neither by the loader "
        "nor in /one, /two; install it",
        Error);
    CHECK_THROWS_WITH_AS(open_library("a GPU", {"libnone.so"}, {}, "buy one"),
                         "--device cuda needs a GPU: libnone.so was found neither by the loader "
                         "nor in a folder of CUDA; buy one",
                         Error);
  }

  TEST_CASE("a library that is damaged is said, one beside it is taken") {
    const TemporaryDirectory folder;
    std::ofstream(folder / "libnone.so.13") << "no library";
    try {
      open_library("NVRTC", {"libnone.so.13"}, {folder.path()}, "install it");
      FAIL("it was opened");
    } catch (const Error& e) {
      const std::string text = e.what();
      CHECK(text.starts_with("--device cuda: NVRTC cannot be opened (" + folder.path()));
      CHECK(text.ends_with("; install it"));
    }
    CHECK(open_library("NVRTC", {"libnone.so.13", "libm.so.6"}, {folder.path()}, "") != nullptr);
  }

  TEST_CASE("a driver or NVRTC that is too old says both versions") {
    Driver driver;
    driver.cuDriverGetVersion = [](int* version) {
      *version = 11040;
      return CUDA_SUCCESS;
    };
    CHECK_THROWS_WITH_AS(version_of(driver),
                         "--device cuda: the NVIDIA driver is for CUDA 11.4, ganflow needs 12.0 or "
                         "later: update the NVIDIA driver, or use --device cpu",
                         Error);
    Nvrtc nvrtc;
    nvrtc.nvrtcVersion = [](int* major, int* minor) {
      *major = 11, *minor = 8;
      return NVRTC_SUCCESS;
    };
    CHECK_THROWS_WITH_AS(version_of(nvrtc),
                         "--device cuda: NVRTC is of CUDA 11.8, ganflow needs 12.0 or later: run "
                         "./setup.sh --cuda, or name its folder in GANFLOW_CUDA",
                         Error);
    nvrtc.nvrtcVersion = [](int* major, int* minor) {
      *major = 12, *minor = 4;
      return NVRTC_SUCCESS;
    };
    CHECK(version_of(nvrtc) == 12040);
  }
}
