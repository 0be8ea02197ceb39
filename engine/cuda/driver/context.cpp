#include "engine/cuda/driver/context.h"

#include "engine/error.h"

namespace ganflow::cuda {
namespace {

std::string text_of(const Driver& driver, CUresult result) {
  const char *text = nullptr, *name = nullptr;
  driver.cuGetErrorString(result, &text);
  driver.cuGetErrorName(result, &name);
  return fmt::format("{} ({})", text ? text : "unknown error", name ? name : "no name");
}

}  // namespace

Context::Context(const Driver& driver, int number)
    : driver_(driver), name_(fmt::format("cuda:{}", number)) {
  const auto need = [&](CUresult result) {
    if (result != CUDA_SUCCESS)
      fail(Fault::usage, "--device {}: the GPU cannot be used: {}; use another, or --device cpu",
           name_, text_of(driver_, result));
  };
  int count = 0;
  need(driver_.cuDeviceGetCount(&count));
  if (number >= count)
    fail(Fault::usage, "--device {}: there {} {} GPU{}, counted from 0; use --device cpu or {}",
         name_, count == 1 ? "is" : "are", count, count == 1 ? "" : "s",
         count == 0 ? std::string("a machine with one") : fmt::format("cuda:{}", count - 1));
  need(driver_.cuDeviceGet(&device_, number));
  char title[128] = {};
  need(driver_.cuDeviceGetName(title, sizeof title, device_));
  title_ = title;
  int major = 0, minor = 0;
  need(driver_.cuDeviceGetAttribute(&major, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, device_));
  need(driver_.cuDeviceGetAttribute(&minor, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, device_));
  architecture_ = 10 * major + minor;
  if (architecture_ < kLeastArchitecture)
    fail(Fault::usage,
         "--device {}: {} has compute capability {}.{}, ganflow needs {}.{} or later; use --device "
         "cpu",
         name_, title_, major, minor, kLeastArchitecture / 10, kLeastArchitecture % 10);
  need(driver_.cuDevicePrimaryCtxRetain(&context_, device_));
}

Context::~Context() { driver_.cuDevicePrimaryCtxRelease(device_); }

std::string Context::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

void Context::check() const {
  if (failed()) throw Error(Fault::usage, failure());
}

void Context::keep(CUresult result, const char* doing) const noexcept {
  const std::lock_guard lock(mutex_);
  if (failed_) return;
  try {
    failure_ = fmt::format(
        "{} ({}) failed while {}: {}; go on from the last checkpoint with "
        "--resume, with --device cpu if it fails again",
        name_, title_, doing, text_of(driver_, result));
  } catch (...) {
    failure_ = "a GPU failed";
  }
  failed_.store(true, std::memory_order_release);
  driver_.cuCtxSynchronize();  // what others have enqueued still uses memory
}

}  // namespace ganflow::cuda
