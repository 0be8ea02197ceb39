// What stands behind the handles of the recorded driver (support/recorded_driver.h).
#pragma once

#include <atomic>
#include <mutex>
#include <set>
#include <shared_mutex>

#include "support/recorded_driver.h"

namespace ganflow::test {

class RecordedStream;

struct RecordedState {
  // A call begins: CUDA_SUCCESS, or what it has to fail with.
  CUresult begin(const char* function, const std::string& sizes = "");
  void made(const char* kind) { add(kind, 1); }
  void given_back(const char* kind) { add(kind, -1); }
  void add(const char* kind, int n);
  // The block that holds [at, at + bytes) begins there and is of the host; "": it is in none.
  std::string kind_of(const std::byte* at, std::size_t bytes);

  // Work of a stream: not begun once the device has broken, and waited for then.
  template <class Work>
  void run(const Work& work) {
    const std::shared_lock lock(running);
    if (broken == CUDA_SUCCESS) work();
  }

  std::mutex mutex;
  std::shared_mutex running;
  RecordedOptions options;
  std::atomic<CUresult> broken{CUDA_SUCCESS};  // from now on
  std::map<std::string, int> counts, live;
  std::vector<std::string> calls;
  struct Memory {
    std::size_t bytes;
    const char* kind;
  };
  std::map<const std::byte*, Memory> memory;
  std::size_t device_bytes = 0;
  std::uint64_t streams = 0;
  std::set<RecordedStream*> open_streams;
};
RecordedState& recorded_state();

void fill_recorded_memory(cuda::Driver& table);
void fill_recorded_streams(cuda::Driver& table);
void fill_recorded_nvrtc(cuda::Nvrtc& table);
void fill_recorded_graphs(cuda::Driver& table);  // modules and graphs
void fill_recorded_cudnn(cuda::Cudnn& table);

// Adds work of the host to the graph that a stream is being recorded to, behind what that has.
// False: it is not recorded.
bool record_work(CUstream stream, std::function<void()> work);
void forget_recording(CUstream stream);

}  // namespace ganflow::test
