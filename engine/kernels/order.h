// When the steps of a plan run. Times are those of the list, in which every step has its own; where
// launches run side by side, only the data says what is done before what.
#pragma once

#include <memory>
#include <vector>

#include "engine/kernels/group.h"

namespace ganflow::kernels {

using Time = int;
constexpr Time kTick = 1 << 12;  // between kernels: room for the copies in between

// Of the kernel at a position of the list.
constexpr Time time_at(int position) { return (position + 1) * kTick; }

class Order {
 public:
  Order() = default;  // one after another
  // Side by side; `position` of each kernel in the list. A copy is known to be done before nothing.
  Order(const Classified& classified, const Fusion& fusion, const std::vector<int>& position);

  // Whatever runs at `earlier` is done when `later` starts.
  bool before(Time earlier, Time later) const {
    return earlier < later && (!ancestors_ || by_data(earlier, later));
  }

 private:
  bool by_data(Time earlier, Time later) const;

  // By position, of a kernel: the kernels at which positions it needs, directly or not.
  std::shared_ptr<const std::vector<std::vector<bool>>> ancestors_;
};

}  // namespace ganflow::kernels
