// NVRTC's functions on the host's compiler: a cubin is the size of a shared object, then that.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "engine/error.h"
#include "support/recorded_state.h"

namespace ganflow::test {
namespace {

namespace fs = std::filesystem;

struct RecordedProgram {
  std::string text, log, image;
  std::map<std::string, std::string> headers;
};

std::string contents(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// An injected failure of a call of this name.
bool fails(const char* function, const std::string& sizes = "") {
  return recorded_state().begin(function, sizes) != CUDA_SUCCESS;
}

bool build(RecordedProgram& program) {
  std::string pattern = (fs::temp_directory_path() / "ganflow-nvrtc-XXXXXX").string();
  if (!mkdtemp(pattern.data())) return false;
  const fs::path folder = pattern;
  for (const auto& [name, text] : program.headers) {
    if (name.find('/') == std::string::npos) continue;  // the host has its own standard headers
    fs::create_directories((folder / name).parent_path());
    std::ofstream(folder / name) << text;
  }
  std::ofstream(folder / "kernels.cpp") << program.text;
  const std::string command = fmt::format(
      "cd '{}' && c++ -std=c++20 -shared -fPIC -O1 -march=native -ffp-contract=off "
      "-fno-math-errno -Wall -Wno-unknown-pragmas -Wno-unused-function -I. kernels.cpp -o "
      "kernels.so >log 2>&1",
      folder.string());
  const bool built = std::system(command.c_str()) == 0;
  program.log = contents(folder / "log");
  if (built) {
    const std::string object = contents(folder / "kernels.so");
    const std::uint64_t bytes = object.size();
    program.image.assign(reinterpret_cast<const char*>(&bytes), sizeof bytes);
    program.image += object;
  }
  fs::remove_all(folder);
  return built;
}

RecordedProgram& at(nvrtcProgram program) { return *reinterpret_cast<RecordedProgram*>(program); }

}  // namespace

void fill_recorded_nvrtc(cuda::Nvrtc& t) {
  t.nvrtcVersion = [](int* major, int* minor) {
    *major = 13, *minor = 0;
    return NVRTC_SUCCESS;
  };
  t.nvrtcGetErrorString = [](nvrtcResult) { return "recorded"; };
  t.nvrtcCreateProgram = [](nvrtcProgram* program, const char* text, const char*, int headers,
                            const char* const* texts, const char* const* names) {
    if (fails("nvrtcCreateProgram")) return NVRTC_ERROR_OUT_OF_MEMORY;
    auto* made = new RecordedProgram;
    made->text = text;
    for (int i = 0; i < headers; ++i) made->headers[names[i]] = texts[i];
    *program = reinterpret_cast<nvrtcProgram>(made);
    recorded_state().made("programs");
    return NVRTC_SUCCESS;
  };
  t.nvrtcDestroyProgram = [](nvrtcProgram* program) {
    delete &at(*program);
    recorded_state().given_back("programs");
    return NVRTC_SUCCESS;
  };
  t.nvrtcCompileProgram = [](nvrtcProgram program, int options, const char* const* given) {
    if (fails("nvrtcCompileProgram", options ? given[0] : "")) return NVRTC_ERROR_COMPILATION;
    return build(at(program)) ? NVRTC_SUCCESS : NVRTC_ERROR_COMPILATION;
  };
  t.nvrtcGetProgramLogSize = [](nvrtcProgram program, std::size_t* bytes) {
    *bytes = at(program).log.size() + 1;
    return NVRTC_SUCCESS;
  };
  t.nvrtcGetProgramLog = [](nvrtcProgram program, char* log) {
    std::strcpy(log, at(program).log.c_str());
    return NVRTC_SUCCESS;
  };
  t.nvrtcGetCUBINSize = [](nvrtcProgram program, std::size_t* bytes) {
    if (fails("nvrtcGetCUBINSize")) return NVRTC_ERROR_INTERNAL_ERROR;
    *bytes = at(program).image.size();
    return NVRTC_SUCCESS;
  };
  t.nvrtcGetCUBIN = [](nvrtcProgram program, char* image) {
    std::memcpy(image, at(program).image.data(), at(program).image.size());
    return NVRTC_SUCCESS;
  };
}

const cuda::Nvrtc* real_nvrtc() {
  try {
    return &cuda::nvrtc(99000);
  } catch (const Error& e) {
    MESSAGE("skipped: ", e.what());
    return nullptr;
  }
}

}  // namespace ganflow::test
