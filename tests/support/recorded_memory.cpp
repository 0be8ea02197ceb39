// Memory of the recorded driver: that of the device apart from the host's, both full of NaN until
// it is written.
#include <cstdlib>
#include <cstring>

#include "support/recorded_state.h"
#include "support/recorded_stream.h"

namespace ganflow::test {
namespace {

RecordedState& state() { return recorded_state(); }

#define GANFLOW_BEGIN(...) \
  if (const CUresult r = state().begin(__VA_ARGS__); r != CUDA_SUCCESS) return r

std::byte* pointer(CUdeviceptr at) { return reinterpret_cast<std::byte*>(at); }

CUresult take(void** at, std::size_t bytes, const char* kind) {
  RecordedState& s = state();
  {
    const std::lock_guard lock(s.mutex);
    const bool device = std::string(kind) == "memory";
    if (device && s.device_bytes + bytes > s.options.memory_bytes) return CUDA_ERROR_OUT_OF_MEMORY;
    const std::size_t whole = (bytes + 511) / 512 * 512;
    *at = std::aligned_alloc(512, whole);
    std::memset(*at, 0xff, whole);
    s.memory[static_cast<std::byte*>(*at)] = {bytes, kind};
    if (device) s.device_bytes += bytes;
  }
  s.made(kind);
  return CUDA_SUCCESS;
}

void give_back(std::byte* at, const char* kind) {
  RecordedState& s = state();
  {
    const std::lock_guard lock(s.mutex);
    const auto found = s.memory.find(at);
    if (found == s.memory.end()) std::abort();
    std::memset(at, 0xff, found->second.bytes);
    if (std::string(kind) == "memory") s.device_bytes -= found->second.bytes;
    s.memory.erase(found);
  }
  std::free(at);
  s.given_back(kind);
}

}  // namespace

void fill_recorded_memory(cuda::Driver& t) {
  t.cuMemGetInfo = [](std::size_t* free, std::size_t* total) -> CUresult {
    GANFLOW_BEGIN("cuMemGetInfo");
    const std::lock_guard lock(state().mutex);
    *total = state().options.memory_bytes;
    *free = *total - state().device_bytes;
    return CUDA_SUCCESS;
  };
  t.cuMemAlloc = [](CUdeviceptr* at, std::size_t bytes) -> CUresult {
    GANFLOW_BEGIN("cuMemAlloc", std::to_string(bytes));
    return take(reinterpret_cast<void**>(at), bytes, "memory");
  };
  t.cuMemFree = [](CUdeviceptr at) -> CUresult {
    give_back(pointer(at), "memory");
    return state().begin("cuMemFree");
  };
  t.cuMemHostAlloc = [](void** at, std::size_t bytes, unsigned) -> CUresult {
    GANFLOW_BEGIN("cuMemHostAlloc", std::to_string(bytes));
    return take(at, bytes, "pinned memory");
  };
  t.cuMemFreeHost = [](void* at) -> CUresult {
    give_back(static_cast<std::byte*>(at), "pinned memory");
    return state().begin("cuMemFreeHost");
  };
  t.cuMemsetD8Async = [](CUdeviceptr at, unsigned char value, std::size_t bytes,
                         CUstream stream) -> CUresult {
    GANFLOW_BEGIN("cuMemsetD8Async", std::to_string(bytes));
    if (stream != nullptr || state().kind_of(pointer(at), bytes) != "memory")
      return CUDA_ERROR_INVALID_VALUE;
    std::memset(pointer(at), value, bytes);
    return CUDA_SUCCESS;
  };
  t.cuMemcpyAsync = [](CUdeviceptr to, CUdeviceptr from, std::size_t bytes,
                       CUstream stream) -> CUresult {
    GANFLOW_BEGIN("cuMemcpyAsync", std::to_string(bytes));
    const std::string at = state().kind_of(pointer(to), bytes);
    const std::string source = state().kind_of(pointer(from), bytes);
    if (at == "beyond its block" || source == "beyond its block" || at.empty())
      return CUDA_ERROR_INVALID_VALUE;
    if (at == "pinned memory") std::memset(pointer(to), 0xff, bytes);  // it lands later
    // From memory that is not pinned: taken before the call returns.
    std::vector<std::byte> staged;
    if (source.empty()) staged.assign(pointer(from), pointer(from) + bytes);
    reinterpret_cast<RecordedStream*>(stream)->push([=, staged = std::move(staged)] {
      state().run(
          [&] { std::memcpy(pointer(to), staged.empty() ? pointer(from) : staged.data(), bytes); });
    });
    return CUDA_SUCCESS;
  };
}

}  // namespace ganflow::test
