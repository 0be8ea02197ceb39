// The processes that train one replica together, as the one sees them that is among them.
#pragma once

#include <cstddef>

namespace ganflow {

class Peers {
 public:
  virtual ~Peers() = default;
  virtual int rank() const = 0;  // among size()
  virtual int size() const = 0;

  // `regions`: size() blocks of `bytes` one behind another, of which that of rank() is filled; the
  // others are when this returns. The first kHeader bytes of each are for the peers' own use. All
  // processes make the same calls in the same order, from one thread at a time. Does not return
  // where another process is gone: it says so and ends this one.
  virtual void gather(std::byte* regions, std::size_t bytes) noexcept = 0;
  static constexpr std::size_t kHeader = 64;
};

}  // namespace ganflow
