#include "engine/run/courier.h"

#include <algorithm>
#include <chrono>
#include <iterator>

namespace ganflow {

Courier::Courier() : thread_([this] { loop(); }) {}

Courier::~Courier() {
  {
    const std::lock_guard lock(mutex_);
    finish_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Courier::bring(const Mark& mark, std::function<void()> arrive) {
  {
    const std::lock_guard lock(mutex_);
    inbox_.push_back({mark, std::move(arrive)});
  }
  wake_.notify_one();
}

// No device tells of several marks at once which passes first, and waiting for one would keep the
// others away: while any is out the courier looks again and again.
void Courier::loop() {
  constexpr auto kLook = std::chrono::microseconds(20);
  std::vector<Errand> away;
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      const auto called = [&] { return finish_ || !inbox_.empty(); };
      if (away.empty())
        wake_.wait(lock, called);
      else
        wake_.wait_for(lock, kLook, called);
      std::move(inbox_.begin(), inbox_.end(), std::back_inserter(away));
      inbox_.clear();
      if (finish_ && away.empty()) return;
    }
    const auto home = std::stable_partition(away.begin(), away.end(),
                                            [](const Errand& e) { return !e.mark.passed(); });
    for (auto errand = home; errand != away.end(); ++errand) errand->arrive();
    away.erase(home, away.end());
  }
}

}  // namespace ganflow
