#include "engine/cuda/driver/queue.h"

#include <algorithm>

namespace ganflow::cuda {

StreamQueue::StreamQueue(std::shared_ptr<const Context> context, Urgency urgency)
    : context_(std::move(context)) {
  const Driver& driver = context_->driver();
  int least = 0, greatest = 0;
  context_->call("making a queue", driver.cuCtxGetStreamPriorityRange, &least, &greatest);
  context_->call("making a queue", driver.cuStreamCreateWithPriority, &stream_,
                 static_cast<unsigned>(CU_STREAM_NON_BLOCKING),
                 urgency == Urgency::step ? greatest : least);
  context_->check();
}

StreamQueue::~StreamQueue() {
  const Driver& driver = context_->driver();
  context_->call("ending a queue", driver.cuStreamSynchronize, stream_);
  for (const Point& point : ahead_) free_.push_back(point.event);
  for (const CUevent event : free_) context_->release(driver.cuEventDestroy, event);
  context_->release(driver.cuStreamDestroy, stream_);
}

void StreamQueue::copy(std::byte* to, const std::byte* from, std::size_t bytes) noexcept {
  if (bytes == 0) return;
  context_->call("copying", context_->driver().cuMemcpyAsync, reinterpret_cast<CUdeviceptr>(to),
                 reinterpret_cast<CUdeviceptr>(from), bytes, stream_);
}

void StreamQueue::after(const Mark& mark) noexcept {
  if (mark.queue() == nullptr || mark.queue() == this) return;
  const auto& other = static_cast<const StreamQueue&>(*mark.queue());
  const std::lock_guard lock(other.mutex_);
  if (const CUevent event = other.event_of(mark.ticket()))
    context_->call("ordering queues", context_->driver().cuStreamWaitEvent, stream_, event, 0u);
}

Mark StreamQueue::mark() noexcept {
  const Driver& driver = context_->driver();
  const std::lock_guard lock(mutex_);
  settle();
  CUevent event = nullptr;
  if (!free_.empty()) {
    event = free_.back();
    free_.pop_back();
  } else if (!context_->call(
                 "making a mark", driver.cuEventCreate, &event,
                 static_cast<unsigned>(CU_EVENT_BLOCKING_SYNC | CU_EVENT_DISABLE_TIMING))) {
    return {};
  }
  context_->call("making a mark", driver.cuEventRecord, event, stream_);
  ahead_.push_back({++issued_, event});
  return {*this, issued_};
}

void StreamQueue::launch(CUgraphExec graph) noexcept {
  context_->call("launching a program", context_->driver().cuGraphLaunch, graph, stream_);
}

bool StreamQueue::passed(std::uint64_t ticket) const noexcept {
  const std::lock_guard lock(mutex_);
  settle();
  return context_->failed() || event_of(ticket) == nullptr;
}

void StreamQueue::wait(std::uint64_t ticket) const {
  CUevent event = nullptr;
  {
    const std::lock_guard lock(mutex_);
    event = event_of(ticket);
  }
  if (event) context_->call("computing", context_->driver().cuEventSynchronize, event);
}

void StreamQueue::settle() const noexcept {
  std::size_t n = 0;
  for (; n < ahead_.size() && context_->enter(); ++n) {
    const CUresult result = context_->driver().cuEventQuery(ahead_[n].event);
    if (result == CUDA_ERROR_NOT_READY || !context_->passed(result, "computing")) break;
    free_.push_back(ahead_[n].event);
  }
  ahead_.erase(ahead_.begin(), ahead_.begin() + static_cast<std::ptrdiff_t>(n));
}

CUevent StreamQueue::event_of(std::uint64_t ticket) const noexcept {
  const auto at = std::lower_bound(ahead_.begin(), ahead_.end(), ticket,
                                   [](const Point& p, std::uint64_t t) { return p.ticket < t; });
  return at != ahead_.end() && at->ticket == ticket ? at->event : nullptr;
}

}  // namespace ganflow::cuda
