// A device that is as unlike the CPU as a device can be while it computes with the CPU's kernels:
// memory of its own, a thread a queue, random delays. What is not there yet is poison (all bits
// set: NaN), so that a transfer or a mark that was forgotten reaches the results.
#pragma once

#include <atomic>
#include <memory>

#include "engine/device/device.h"

namespace ganflow::test {

// What such a device leaves undone, to show that its tests would notice.
enum class Broken {
  nothing,
  uploads,
  downloads,
  order_between_queues,  // those of the background do not wait, and are fast
  marks,                 // those of the background pass at once
};

struct DelayedOptions {
  std::uint64_t seed = 1;  // of the delays
  int most_microseconds =
      20;  // of each; of queues of Urgency::background none where order is broken
  Broken broken = Broken::nothing;
  int programs_per_launch = 1;
  int trips_in_flight = 1;
  std::size_t resident_bytes = 0;
  // Where given: counts copies, launches, marks and waits of all queues.
  std::shared_ptr<std::atomic<std::uint64_t>> calls;
  // Where given: the most programs of queues of Urgency::step that were enqueued and not done at a
  // time. None ends before they have been as many as the trips in flight, or for 20 seconds.
  std::shared_ptr<std::atomic<int>> most_under_way;
};
std::shared_ptr<const Device> delayed_device(const DelayedOptions& options = {});

// An executable of the CPU as one of a delayed device.
std::shared_ptr<const Executable> delayed(std::shared_ptr<const Executable> executable);

}  // namespace ganflow::test
