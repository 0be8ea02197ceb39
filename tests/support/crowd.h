// A team whose helpers are threads that come whenever they are invited.
#pragma once

#include <mutex>
#include <thread>
#include <vector>

#include "engine/device/team.h"

namespace ganflow::test {

class Crowd {
 public:
  // `bytes`: of each helper.
  Crowd(int threads, std::size_t bytes)
      : team(threads, [this](Team& self) {
          const std::lock_guard lock(mutex_);
          helpers_.emplace_back([&self] { self.help(); });
        }) {
    team.reserve(bytes);
  }
  ~Crowd() { helpers_.clear(); }

  Team team;

 private:
  std::mutex mutex_;
  std::vector<std::jthread> helpers_;
};

}  // namespace ganflow::test
