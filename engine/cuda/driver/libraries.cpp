#include "engine/cuda/driver/libraries.h"

#include <dlfcn.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>

#include "engine/error.h"

namespace ganflow::cuda {
namespace {

namespace fs = std::filesystem;

constexpr const char* kInstall = "run ./setup.sh --cuda, or name its folder in GANFLOW_CUDA";
constexpr const char* kUpdateDriver = "update the NVIDIA driver, or use --device cpu";
const std::string kLeastCuda = "CUDA " + version_text(kLeastVersion);

// Of this program, so that a build finds what setup.sh has put beside its sources.
fs::path start_folder() {
  std::error_code unknown;
  return fs::read_symlink("/proc/self/exe", unknown).parent_path();
}

// A function of a library that is open.
template <class Function>
void look_up(void* library, const char* name, const std::string& what, Function& function,
             const std::string& needed, const std::string& remedy) {
  function = reinterpret_cast<Function>(dlsym(library, name));
  if (function == nullptr)
    fail(Fault::usage, "--device cuda: {} is too old, it has no {}: {} or later is needed; {}",
         what, name, needed, remedy);
}

// Folders below `root` whose path is of a pattern: "*" stands for any name.
void add_matching(fs::path root, std::vector<std::string> pattern, std::vector<fs::path>& to) {
  while (!pattern.empty() && pattern.front().find('*') == std::string::npos) {
    root /= pattern.front();
    pattern.erase(pattern.begin());
  }
  std::error_code none;
  if (!fs::is_directory(root, none)) return;
  if (pattern.empty()) return to.push_back(root);
  const std::string start = pattern.front().substr(0, pattern.front().find('*'));
  pattern.erase(pattern.begin());
  std::vector<fs::path> below;
  for (const auto& entry : fs::directory_iterator(root, none))
    if (entry.path().filename().string().starts_with(start)) below.push_back(entry.path());
  std::sort(below.begin(), below.end());
  for (const fs::path& folder : below) add_matching(folder, pattern, to);
}

#define GANFLOW_TEXT(name) #name
#define GANFLOW_LOOK_UP(name) \
  look_up(library, GANFLOW_TEXT(name), what, table.name, needed, remedy);

Driver open_driver() {
  const std::string what = "the NVIDIA driver's libcuda.so.1";
  const std::string remedy = kUpdateDriver, needed = kLeastCuda;
  void* library = open_library(what, {"libcuda.so.1"}, library_folders(start_folder()),
                               "install the NVIDIA driver, or use --device cpu");
  Driver table;
  GANFLOW_DRIVER_FUNCTIONS(GANFLOW_LOOK_UP)
  version_of(table);
  if (const CUresult result = table.cuInit(0); result != CUDA_SUCCESS) {
    const char* text = "unknown error";
    table.cuGetErrorString(result, &text);
    fail(Fault::usage,
         "--device cuda: the NVIDIA driver finds no GPU that works ({}); use "
         "--device cpu",
         text);
  }
  return table;
}

Nvrtc open_nvrtc(int driver_version) {
  const std::string what = "NVRTC", remedy = kInstall, needed = kLeastCuda;
  std::vector<std::string> names;
  for (int major = driver_version / 1000; major >= kLeastVersion / 1000; --major)
    names.push_back(fmt::format("libnvrtc.so.{}", major));
  void* library = open_library(what, names, library_folders(start_folder()), remedy);
  Nvrtc table;
  GANFLOW_NVRTC_FUNCTIONS(GANFLOW_LOOK_UP)
  version_of(table);
  return table;
}

Cudnn open_cudnn() {
  const std::string what = "cuDNN", remedy = kInstall, needed = "cuDNN 9";
  const std::vector<fs::path> folders = library_folders(start_folder());
  void* library = open_library(what, {"libcudnn.so.9"}, folders, remedy);
  // It looks for this one by name, and aborts the process where it finds none.
  open_library("cuBLASLt, which cuDNN computes by", {"libcublasLt.so.13", "libcublasLt.so.12"},
               folders, remedy);
  Cudnn table;
  GANFLOW_CUDNN_FUNCTIONS(GANFLOW_LOOK_UP)
  return table;
}

}  // namespace

const Driver& driver() {
  static const Driver table = open_driver();
  return table;
}

const Nvrtc& nvrtc(int driver_version) {
  static const Nvrtc table = open_nvrtc(driver_version);
  return table;
}

const Cudnn& cudnn() {
  static const Cudnn table = open_cudnn();
  return table;
}

int version_of(const Driver& driver) {
  int version = 0;
  driver.cuDriverGetVersion(&version);
  if (version < kLeastVersion)
    fail(Fault::usage,
         "--device cuda: the NVIDIA driver is for CUDA {}, ganflow needs {} or later: {}",
         version_text(version), version_text(kLeastVersion), kUpdateDriver);
  return version;
}

int version_of(const Nvrtc& nvrtc) {
  int major = 0, minor = 0;
  nvrtc.nvrtcVersion(&major, &minor);
  const int version = 1000 * major + 10 * minor;
  if (version < kLeastVersion)
    fail(Fault::usage, "--device cuda: NVRTC is of CUDA {}, ganflow needs {} or later: {}",
         version_text(version), version_text(kLeastVersion), kInstall);
  return version;
}

std::string version_text(int version) {
  return fmt::format("{}.{}", version / 1000, version % 1000 / 10);
}

std::vector<fs::path> library_folders(const fs::path& start) {
  std::vector<fs::path> folders;
  const auto add = [&](const fs::path& root, std::vector<std::string> pattern) {
    add_matching(root, std::move(pattern), folders);
  };
  if (const char* given = std::getenv("GANFLOW_CUDA")) {
    std::istringstream list(given);
    for (std::string folder; std::getline(list, folder, ':');)
      if (!folder.empty()) add(folder, {});
  }
  if (const char* toolkit = std::getenv("CUDA_PATH")) add(toolkit, {"lib64"});
  for (const char* toolkit : {"/usr/local/cuda", "/opt/cuda"}) add(toolkit, {"lib64"});
  std::error_code none;
  for (fs::path folder = fs::absolute(start, none); !folder.empty();
       folder = folder.parent_path()) {
    add(folder, {".cuda", "nvidia", "*", "lib"});
    if (folder == folder.root_path()) break;
  }
  if (const char* python = std::getenv("VIRTUAL_ENV"))
    add(python, {"lib", "python3*", "site-packages", "nvidia", "*", "lib"});
  return folders;
}

// GANFLOW_CUDA and the toolkit go before the loader: who names a folder means it.
void* open_library(const std::string& what, const std::vector<std::string>& names,
                   const std::vector<fs::path>& folders, const std::string& remedy) {
  std::string damaged;
  for (const std::string& name : names) {
    for (const fs::path& folder : folders) {
      std::error_code none;
      if (!fs::exists(folder / name, none)) continue;
      if (void* library = dlopen((folder / name).c_str(), RTLD_NOW | RTLD_LOCAL)) return library;
      damaged = dlerror();
    }
    if (void* library = dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL)) return library;
  }
  if (!damaged.empty())
    fail(Fault::usage, "--device cuda: {} cannot be opened ({}); {}", what, damaged, remedy);
  std::vector<std::string> looked;
  for (const fs::path& folder : folders) looked.push_back(folder.string());
  fail(Fault::usage, "--device cuda needs {}: {} {} found neither by the loader nor in {}; {}",
       what, fmt::join(names, ", "), names.size() > 1 ? "were" : "was",
       looked.empty() ? "a folder of CUDA" : fmt::format("{}", fmt::join(looked, ", ")), remedy);
}

}  // namespace ganflow::cuda
