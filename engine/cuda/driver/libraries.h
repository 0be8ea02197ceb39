// The libraries that a GPU needs, opened when one is asked for. Nothing is linked: one build serves
// machines with a GPU and without, and who trains on the CPU pays for no library.
#pragma once

#include <cuda.h>
#include <cudnn.h>
#include <nvrtc.h>

#include <filesystem>
#include <string>
#include <vector>

namespace ganflow::cuda {

// clang-format off
// cuda.h renames functions whose meaning has changed (cuMemAlloc is cuMemAlloc_v2); so are the
// members below and the symbols that are looked up.
#define GANFLOW_DRIVER_FUNCTIONS(X) \
  X(cuInit) X(cuDriverGetVersion) X(cuDeviceGetCount) X(cuDeviceGet) X(cuDeviceGetName) \
  X(cuDeviceGetAttribute) X(cuDevicePrimaryCtxRetain) X(cuDevicePrimaryCtxRelease) \
  X(cuCtxSetCurrent) X(cuCtxSynchronize) X(cuCtxGetStreamPriorityRange) X(cuMemGetInfo) \
  X(cuMemAlloc) X(cuMemFree) X(cuMemHostAlloc) X(cuMemFreeHost) X(cuMemsetD8Async) \
  X(cuMemcpyAsync) X(cuStreamCreateWithPriority) X(cuStreamDestroy) X(cuStreamSynchronize) \
  X(cuStreamWaitEvent) X(cuEventCreate) X(cuEventDestroy) X(cuEventRecord) X(cuEventQuery) \
  X(cuEventSynchronize) X(cuModuleLoadData) X(cuModuleUnload) X(cuModuleGetFunction) \
  X(cuGraphCreate) X(cuGraphDestroy) X(cuGraphAddKernelNode) X(cuGraphInstantiateWithFlags) \
  X(cuGraphExecDestroy) X(cuGraphLaunch) X(cuStreamBeginCapture) X(cuStreamEndCapture) \
  X(cuGraphAddChildGraphNode) X(cuGetErrorName) X(cuGetErrorString)

#define GANFLOW_NVRTC_FUNCTIONS(X) \
  X(nvrtcVersion) X(nvrtcCreateProgram) X(nvrtcDestroyProgram) X(nvrtcCompileProgram) \
  X(nvrtcGetProgramLogSize) X(nvrtcGetProgramLog) X(nvrtcGetCUBINSize) X(nvrtcGetCUBIN) \
  X(nvrtcGetErrorString)

#define GANFLOW_CUDNN_FUNCTIONS(X) \
  X(cudnnGetVersion) X(cudnnCreate) X(cudnnDestroy) X(cudnnSetStream) X(cudnnGetErrorString) \
  X(cudnnGetLastErrorString) X(cudnnBackendCreateDescriptor) X(cudnnBackendDestroyDescriptor) \
  X(cudnnBackendSetAttribute) X(cudnnBackendGetAttribute) X(cudnnBackendFinalize) \
  X(cudnnBackendExecute)
// clang-format on

#define GANFLOW_FUNCTION(name) decltype(&::name) name = nullptr;
struct Driver {
  GANFLOW_DRIVER_FUNCTIONS(GANFLOW_FUNCTION)
};
struct Nvrtc {
  GANFLOW_NVRTC_FUNCTIONS(GANFLOW_FUNCTION)
};
struct Cudnn {
  GANFLOW_CUDNN_FUNCTIONS(GANFLOW_FUNCTION)
};
#undef GANFLOW_FUNCTION

// The least version of CUDA of driver and NVRTC: C++20 in kernels, graphs of this interface.
constexpr int kLeastVersion = 12000;  // 1000 * major + 10 * minor

// The driver of this machine, initialised; opened at the first call. Throws Error(usage): missing,
// too old, no GPU.
const Driver& driver();

// The newest NVRTC of a major version that `driver_version` runs the kernels of; opened at the
// first call. Throws Error(usage): missing or too old.
const Nvrtc& nvrtc(int driver_version);

// cuDNN 9; opened at the first call. Throws Error(usage): missing or too old.
const Cudnn& cudnn();

// Checks the version that a table's library says. Throws Error(usage).
int version_of(const Driver& driver);
int version_of(const Nvrtc& nvrtc);
std::string version_text(int version);  // "12.4"

// Where a library is looked for beside the loader's own places: the folders of GANFLOW_CUDA
// ("dir:dir"), CUDA_PATH, those CUDA is installed to, and nvidia/*/lib below a `.cuda` in or above
// the folder `start` and in the Python environment. Only folders that exist.
std::vector<std::filesystem::path> library_folders(const std::filesystem::path& start);

// Opens the first of `names` that is found in `folders` or by the loader. Throws Error(usage): a
// sentence of what `what` is, where it was looked for and what to do (`remedy`).
void* open_library(const std::string& what, const std::vector<std::string>& names,
                   const std::vector<std::filesystem::path>& folders, const std::string& remedy);

}  // namespace ganflow::cuda
