#include "engine/cuda/driver/memory.h"

#include <algorithm>
#include <cstring>

#include "engine/error.h"

namespace ganflow::cuda {
namespace {

constexpr double kMiB = 1024 * 1024;

[[noreturn]] void refuse_device(const Context& context, std::size_t bytes) {
  std::size_t free = 0, total = 0;
  context.driver().cuMemGetInfo(&free, &total);
  fail(Fault::usage,
       "{} ({}) has too little memory: {:.1f} MiB more are needed, {:.1f} of {:.1f} MiB are free; "
       "take a smaller --batch, fewer --replicas or --device cpu",
       context.name(), context.title(), bytes / kMiB, free / kMiB, total / kMiB);
}

[[noreturn]] void refuse_pinned(const Context& context, std::size_t bytes) {
  fail(Fault::usage,
       "{}: the host cannot pin {:.1f} MiB more of its memory; take a smaller --batch, fewer "
       "--replicas or --device cpu",
       context.name(), bytes / kMiB);
}

// Takes memory; none left is not an error of the device.
template <class Address, class... Flags>
Address take(const Context& context, CUresult (*function)(Address*, std::size_t, Flags...),
             std::size_t bytes, void (*refuse)(const Context&, std::size_t), Flags... flags) {
  Address at{};
  if (context.enter()) {
    const CUresult result = function(&at, bytes, flags...);
    if (result == CUDA_ERROR_OUT_OF_MEMORY) refuse(context, bytes);
    context.passed(result, "taking memory");
  }
  context.check();
  return at;
}

}  // namespace

Block device_block(std::shared_ptr<const Context> context, std::size_t bytes) {
  bytes = std::max<std::size_t>(bytes, 1);
  const Driver& driver = context->driver();
  const CUdeviceptr at = take(*context, driver.cuMemAlloc, bytes, &refuse_device);
  Block block({reinterpret_cast<std::byte*>(at), [context](std::byte* p) {
                 context->release(context->driver().cuMemFree, reinterpret_cast<CUdeviceptr>(p));
               }});
  context->call("clearing memory", driver.cuMemsetD8Async, at, static_cast<unsigned char>(0), bytes,
                CUstream{});
  context->call("clearing memory", driver.cuStreamSynchronize, CUstream{});
  context->check();
  return block;
}

Block pinned_block(std::shared_ptr<const Context> context, std::size_t bytes) {
  bytes = std::max<std::size_t>(bytes, 1);
  void* at = take(*context, context->driver().cuMemHostAlloc, bytes, &refuse_pinned,
                  static_cast<unsigned>(CU_MEMHOSTALLOC_PORTABLE));
  std::memset(at, 0, bytes);
  return Block({static_cast<std::byte*>(at), [context](std::byte* p) {
                  context->release(context->driver().cuMemFreeHost, static_cast<void*>(p));
                }});
}

std::size_t total_memory(const Context& context) {
  std::size_t free = 0, total = 0;
  context.call("asking how much memory it has", context.driver().cuMemGetInfo, &free, &total);
  return total;
}

}  // namespace ganflow::cuda
