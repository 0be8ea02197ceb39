// One GPU: its context, and the first error of all calls that are made to it.
#pragma once

#include <atomic>
#include <mutex>
#include <string>

#include "engine/cuda/driver/libraries.h"

namespace ganflow::cuda {

constexpr int kLeastArchitecture = 75;  // Turing

class Context {
 public:
  // Throws Error(usage): no GPU of this number, or none that works.
  Context(const Driver& driver, int number);
  ~Context();
  Context(const Context&) = delete;

  const std::string& name() const { return name_; }    // "cuda:0"
  const std::string& title() const { return title_; }  // "NVIDIA H100 80GB HBM3"
  int architecture() const { return architecture_; }   // 10 * major + minor
  const Driver& driver() const { return driver_; }

  // Calls a function of the driver, whose context is then that of the calling thread. True: it
  // succeeded. After the first error nothing is called any more. `doing` completes "while ...".
  template <class... Given, class... Args>
  bool call(const char* doing, CUresult (*function)(Given...), Args... args) const noexcept {
    return enter() && passed(function(args...), doing);
  }
  // Its two halves, for calls whose failure is not always one of the device.
  bool enter() const noexcept { return !failed() && passed(set_current(), "entering its context"); }
  bool passed(CUresult result, const char* doing) const noexcept {
    if (result != CUDA_SUCCESS) keep(result, doing);
    return result == CUDA_SUCCESS;
  }
  // Gives back what a call made; of a device that has failed, too.
  template <class... Given, class... Args>
  void release(CUresult (*function)(Given...), Args... args) const noexcept {
    if (failed()) idle();
    set_current();
    passed(function(args...), "giving back what it had taken");
  }

  bool failed() const noexcept { return failed_.load(std::memory_order_acquire); }
  // The first error, one sentence; empty: none.
  std::string failure() const;
  // Throws it as Error(usage), if there is one.
  void check() const;

 private:
  CUresult set_current() const noexcept { return driver_.cuCtxSetCurrent(context_); }
  // Returns when the GPU works on nothing that was enqueued before it failed.
  void idle() const noexcept { const std::lock_guard kept(mutex_); }
  void keep(CUresult result, const char* doing) const noexcept;

  const Driver& driver_;
  CUdevice device_ = 0;
  CUcontext context_ = nullptr;
  std::string name_, title_;
  int architecture_ = 0;
  mutable std::atomic<bool> failed_{false};
  mutable std::mutex mutex_;
  mutable std::string failure_;
};

}  // namespace ganflow::cuda
