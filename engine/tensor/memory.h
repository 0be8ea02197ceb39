// Blocks of bytes, and the one rounding-up of their sizes.
#pragma once

#include <cstddef>
#include <memory>

namespace ganflow {

// The least multiple of `unit` that holds n.
template <class N>
constexpr N round_up(N n, N unit) {
  return (n + unit - 1) / unit * unit;
}

constexpr std::size_t kAlignment = 64;  // of every tensor: a cache line, the widest vector
constexpr std::size_t aligned(std::size_t bytes) { return round_up(bytes, kAlignment); }

// A zeroed block whose address is a multiple of kAlignment. Throws std::bad_alloc.
class Memory {
 public:
  Memory() = default;
  explicit Memory(std::size_t bytes);
  std::byte* data() const { return data_.get(); }

 private:
  struct Free {
    void operator()(std::byte* p) const;
  };
  std::unique_ptr<std::byte[], Free> data_;
};

// Throws std::bad_alloc if the process cannot have so many bytes more. Takes none: libraries crash
// for want of a few, so it is asked before they begin.
void require_memory(std::size_t bytes);

}  // namespace ganflow
