// Streams and events of the recorded driver: a stream is a thread, an event two counters.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <random>
#include <thread>

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

}  // namespace ganflow::test
