#include "support/recorded_driver.h"

#include <cstring>

#include "support/recorded_state.h"

namespace ganflow::test {
namespace {

RecordedState& state() { return recorded_state(); }

#define GANFLOW_BEGIN(...) \
  if (const CUresult r = state().begin(__VA_ARGS__); r != CUDA_SUCCESS) return r

void fill_device(cuda::Driver& t) {
  t.cuInit = [](unsigned) -> CUresult { return state().begin("cuInit"); };
  t.cuDriverGetVersion = [](int* version) -> CUresult {
    *version = 13000;
    return state().begin("cuDriverGetVersion");
  };
  t.cuDeviceGetCount = [](int* count) -> CUresult {
    GANFLOW_BEGIN("cuDeviceGetCount");
    *count = state().options.gpus;
    return CUDA_SUCCESS;
  };
  t.cuDeviceGet = [](CUdevice* device, int number) -> CUresult {
    GANFLOW_BEGIN("cuDeviceGet");
    *device = number;
    return CUDA_SUCCESS;
  };
  t.cuDeviceGetName = [](char* name, int bytes, CUdevice) -> CUresult {
    GANFLOW_BEGIN("cuDeviceGetName");
    std::strncpy(name, "recorded GPU", static_cast<std::size_t>(bytes));
    return CUDA_SUCCESS;
  };
  t.cuDeviceGetAttribute = [](int* value, CUdevice_attribute which, CUdevice) -> CUresult {
    GANFLOW_BEGIN("cuDeviceGetAttribute");
    const int a = state().options.architecture;
    *value = which == CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR ? a / 10 : a % 10;
    return CUDA_SUCCESS;
  };
  t.cuDevicePrimaryCtxRetain = [](CUcontext* context, CUdevice) -> CUresult {
    GANFLOW_BEGIN("cuDevicePrimaryCtxRetain");
    static int one;
    *context = reinterpret_cast<CUcontext>(&one);
    state().made("contexts");
    return CUDA_SUCCESS;
  };
  t.cuDevicePrimaryCtxRelease = [](CUdevice) -> CUresult {
    state().given_back("contexts");
    return state().begin("cuDevicePrimaryCtxRelease");
  };
  t.cuCtxSetCurrent = [](CUcontext) -> CUresult { return state().begin("cuCtxSetCurrent"); };
  t.cuCtxGetStreamPriorityRange = [](int* least, int* greatest) -> CUresult {
    GANFLOW_BEGIN("cuCtxGetStreamPriorityRange");
    *least = 0, *greatest = -5;
    return CUDA_SUCCESS;
  };
  t.cuGetErrorName = [](CUresult result, const char** name) -> CUresult {
    *name = result == CUDA_ERROR_OUT_OF_MEMORY ? "CUDA_ERROR_OUT_OF_MEMORY"
                                               : "CUDA_ERROR_ILLEGAL_ADDRESS";
    return CUDA_SUCCESS;
  };
  t.cuGetErrorString = [](CUresult result, const char** text) -> CUresult {
    *text = result == CUDA_ERROR_OUT_OF_MEMORY ? "out of memory"
                                               : "an illegal memory access was encountered";
    return CUDA_SUCCESS;
  };
}

}  // namespace

const cuda::Driver& recorded_driver() {
  static const cuda::Driver table = [] {
    cuda::Driver t;
    fill_device(t);
    fill_recorded_memory(t);
    fill_recorded_streams(t);
    fill_recorded_graphs(t);
    return t;
  }();
  return table;
}

const cuda::Nvrtc& recorded_nvrtc() {
  static const cuda::Nvrtc table = [] {
    cuda::Nvrtc t;
    fill_recorded_nvrtc(t);
    return t;
  }();
  return table;
}

const cuda::Cudnn& recorded_cudnn() {
  static const cuda::Cudnn table = [] {
    cuda::Cudnn t;
    fill_recorded_cudnn(t);
    return t;
  }();
  return table;
}

}  // namespace ganflow::test
