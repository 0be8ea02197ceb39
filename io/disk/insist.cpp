#include "io/disk/insist.h"

#include <algorithm>
#include <thread>

namespace ganflow {
namespace {

constexpr double kStopSeconds = 2;
constexpr std::chrono::milliseconds kSlice(50);
constexpr int kSlices = 10;  // between two attempts

double seconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

}  // namespace

double Insist::limit() const {
  const bool stop = grace_.stop != nullptr && *grace_.stop;
  return stop ? std::min(grace_.seconds, kStopSeconds) : grace_.seconds;
}

bool Insist::again(const Error& error) {
  ++attempts_;
  if (grace_.seconds <= 0) gave_up_ = true;
  if (gave_up_) return false;
  if (!since_) {
    since_ = Clock::now();
    if (grace_.say)
      grace_.say(fmt::format("{}; training waits up to {} s for it", error.what(), grace_.seconds));
    return true;  // once more at once: most failures of a moment are over
  }
  for (int slice = 0; slice < kSlices; ++slice) {
    if (seconds_since(*since_) >= limit()) {
      gave_up_ = true;
      return false;
    }
    std::this_thread::sleep_for(kSlice);
  }
  return true;
}

void Insist::went_well() {
  if (grace_.say)
    grace_.say(
        fmt::format("output goes on after {:.1f} s, nothing is lost", seconds_since(*since_)));
  since_.reset();
  attempts_ = 0;
}

}  // namespace ganflow
