// What stands behind the handles of the recorded driver (support/recorded_driver.h).
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <random>
#include <set>
#include <shared_mutex>
#include <thread>

#include "support/recorded_driver.h"

namespace ganflow::test {

// Recorded `issued` times, of which a stream has reached the first `reached`.
struct RecordedEvent {
  void reach(std::uint64_t number);
  bool has_reached(std::uint64_t number);
  void wait(std::uint64_t number);
  std::mutex mutex;
  std::condition_variable changed;
  std::uint64_t issued = 0, reached = 0;
};
using SharedEvent = std::shared_ptr<RecordedEvent>;

class RecordedStream {
 public:
  RecordedStream(std::uint64_t seed, int most_microseconds);
  ~RecordedStream();  // after what was pushed
  void push(std::function<void()> work);
  void synchronize();

 private:
  void loop();
  std::minstd_rand random_;
  int most_microseconds_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> work_;
  std::uint64_t pushed_ = 0, done_ = 0;
  bool finish_ = false;
  std::thread thread_;
};

struct RecordedFunction {
  void (*text)(unsigned grid, unsigned replicas, bool reverse, const void* arguments) = nullptr;
  std::function<void()> host;  // instead
};

struct RecordedModule {
  void* library = nullptr;
  std::map<std::string, RecordedFunction> functions;
};

struct RecordedNode {
  RecordedFunction* function = nullptr;
  unsigned grid = 0;
  std::vector<std::byte> arguments;
  std::vector<std::size_t> earlier;
};
struct RecordedGraph {
  std::deque<RecordedNode> nodes;
};

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

void fill_recorded_nvrtc(cuda::Nvrtc& table);
void fill_recorded_graphs(cuda::Driver& table);  // modules and graphs

}  // namespace ganflow::test
