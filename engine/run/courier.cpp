#include "engine/run/courier.h"

#include <algorithm>

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

// Whoever is there goes first; when nobody is, the courier waits for the one it has had longest.
void Courier::loop() {
  std::vector<Errand> away;
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [&] { return finish_ || !inbox_.empty() || !away.empty(); });
      std::move(inbox_.begin(), inbox_.end(), std::back_inserter(away));
      inbox_.clear();
      if (finish_ && away.empty()) return;
    }
    const auto home =
        std::find_if(away.begin(), away.end(), [](const Errand& e) { return e.mark.passed(); });
    const auto next = home == away.end() ? away.begin() : home;
    Errand errand = std::move(*next);
    away.erase(next);
    errand.mark.wait();
    errand.arrive();
  }
}

}  // namespace ganflow
