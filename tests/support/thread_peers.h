// The ranks of one replica as threads of a test.
#pragma once

#include <barrier>
#include <cstring>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "engine/chunks/peers.h"

namespace ganflow::test {

class ThreadPeers final : public Peers {
 public:
  // What one gather of all ranks shares.
  struct Meeting {
    explicit Meeting(int size) : barrier(size), regions(static_cast<std::size_t>(size)) {}
    std::barrier<> barrier;
    std::vector<const std::byte*> regions;  // by rank: its own
  };
  ThreadPeers(int rank, Meeting& meeting) : rank_(rank), meeting_(meeting) {}
  int rank() const override { return rank_; }
  int size() const override { return static_cast<int>(meeting_.regions.size()); }
  void gather(std::byte* regions, std::size_t bytes) noexcept override {
    const auto own = static_cast<std::size_t>(rank_);
    meeting_.regions[own] = regions + own * bytes;
    meeting_.barrier.arrive_and_wait();
    for (std::size_t r = 0; r < meeting_.regions.size(); ++r)
      if (r != own) std::memcpy(regions + r * bytes, meeting_.regions[r], bytes);
    meeting_.barrier.arrive_and_wait();
  }

 private:
  const int rank_;
  Meeting& meeting_;
};

// body(peers) for each of so many ranks, side by side.
inline void side_by_side(int ranks,
                         const std::function<void(const std::shared_ptr<ThreadPeers>&)>& body) {
  ThreadPeers::Meeting meeting(ranks);
  std::vector<std::jthread> threads;
  for (int rank = 0; rank < ranks; ++rank)
    threads.emplace_back([&, rank] { body(std::make_shared<ThreadPeers>(rank, meeting)); });
}

}  // namespace ganflow::test
