#include "support/recorded_stream.h"

#include <algorithm>
#include <chrono>

#include "support/recorded_state.h"

namespace ganflow::test {

void RecordedEvent::reach(std::uint64_t number) {
  const std::lock_guard lock(mutex);
  reached = std::max(reached, number);
  changed.notify_all();
}
bool RecordedEvent::has_reached(std::uint64_t number) {
  const std::lock_guard lock(mutex);
  return reached >= number;
}
void RecordedEvent::wait(std::uint64_t number) {
  std::unique_lock lock(mutex);
  changed.wait(lock, [&] { return reached >= number; });
}

RecordedStream::RecordedStream(std::uint64_t seed, int most_microseconds)
    : random_(static_cast<unsigned>(seed)), most_microseconds_(most_microseconds) {
  thread_ = std::thread([this] { loop(); });
}
RecordedStream::~RecordedStream() {
  {
    const std::lock_guard lock(mutex_);
    finish_ = true;
  }
  changed_.notify_all();
  thread_.join();
}
void RecordedStream::push(std::function<void()> work) {
  {
    const std::lock_guard lock(mutex_);
    work_.push_back(std::move(work));
    ++pushed_;
  }
  changed_.notify_all();
}
void RecordedStream::synchronize() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&, n = pushed_] { return done_ >= n; });
}
void RecordedStream::loop() {
  for (;;) {
    std::function<void()> work;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return finish_ || !work_.empty(); });
      if (work_.empty()) return;
      work = std::move(work_.front());
      work_.pop_front();
    }
    if (most_microseconds_ > 0)
      std::this_thread::sleep_for(
          std::chrono::microseconds(random_() % static_cast<unsigned>(most_microseconds_)));
    work();
    {
      const std::lock_guard lock(mutex_);
      ++done_;
    }
    changed_.notify_all();
  }
}

namespace {

RecordedState& state() { return recorded_state(); }

#define GANFLOW_BEGIN(...) \
  if (const CUresult r = state().begin(__VA_ARGS__); r != CUDA_SUCCESS) return r

SharedEvent event_of(CUevent event) { return *reinterpret_cast<SharedEvent*>(event); }
RecordedStream& stream_of(CUstream stream) { return *reinterpret_cast<RecordedStream*>(stream); }

}  // namespace

void fill_recorded_streams(cuda::Driver& t) {
  t.cuCtxSynchronize = []() -> CUresult {
    GANFLOW_BEGIN("cuCtxSynchronize");
    std::set<RecordedStream*> streams;
    {
      const std::lock_guard lock(state().mutex);
      streams = state().open_streams;
    }
    for (RecordedStream* stream : streams) stream->synchronize();
    return CUDA_SUCCESS;
  };
  t.cuStreamCreateWithPriority = [](CUstream* stream, unsigned, int priority) -> CUresult {
    GANFLOW_BEGIN("cuStreamCreateWithPriority", std::to_string(priority));
    RecordedState& s = state();
    std::uint64_t seed = 0;
    {
      const std::lock_guard lock(s.mutex);
      seed = s.options.seed + 7 * s.streams++;
    }
    auto* made = new RecordedStream(seed + 1, s.options.most_microseconds);
    {
      const std::lock_guard lock(s.mutex);
      s.open_streams.insert(made);
    }
    *stream = reinterpret_cast<CUstream>(made);
    s.made("streams");
    return CUDA_SUCCESS;
  };
  t.cuStreamDestroy = [](CUstream stream) -> CUresult {
    forget_recording(stream);
    {
      const std::lock_guard lock(state().mutex);
      state().open_streams.erase(&stream_of(stream));
    }
    delete &stream_of(stream);
    state().given_back("streams");
    return state().begin("cuStreamDestroy");
  };
  t.cuStreamSynchronize = [](CUstream stream) -> CUresult {
    GANFLOW_BEGIN("cuStreamSynchronize");
    if (stream != nullptr) stream_of(stream).synchronize();
    return CUDA_SUCCESS;
  };
  t.cuStreamWaitEvent = [](CUstream stream, CUevent event, unsigned) -> CUresult {
    GANFLOW_BEGIN("cuStreamWaitEvent");
    const SharedEvent e = event_of(event);
    std::uint64_t number = 0;
    {
      const std::lock_guard lock(e->mutex);
      number = e->issued;
    }
    stream_of(stream).push([e, number] { e->wait(number); });
    return CUDA_SUCCESS;
  };
  t.cuEventCreate = [](CUevent* event, unsigned flags) -> CUresult {
    GANFLOW_BEGIN("cuEventCreate", std::to_string(flags));
    *event = reinterpret_cast<CUevent>(new SharedEvent(std::make_shared<RecordedEvent>()));
    state().made("events");
    return CUDA_SUCCESS;
  };
  t.cuEventDestroy = [](CUevent event) -> CUresult {
    delete reinterpret_cast<SharedEvent*>(event);
    state().given_back("events");
    return state().begin("cuEventDestroy");
  };
  t.cuEventRecord = [](CUevent event, CUstream stream) -> CUresult {
    GANFLOW_BEGIN("cuEventRecord");
    const SharedEvent e = event_of(event);
    std::uint64_t number = 0;
    {
      const std::lock_guard lock(e->mutex);
      number = ++e->issued;
    }
    stream_of(stream).push([e, number] { e->reach(number); });
    return CUDA_SUCCESS;
  };
  t.cuEventQuery = [](CUevent event) -> CUresult {
    GANFLOW_BEGIN("cuEventQuery");
    const SharedEvent e = event_of(event);
    const std::lock_guard lock(e->mutex);
    return e->reached >= e->issued ? CUDA_SUCCESS : CUDA_ERROR_NOT_READY;
  };
  t.cuEventSynchronize = [](CUevent event) -> CUresult {
    GANFLOW_BEGIN("cuEventSynchronize");
    const SharedEvent e = event_of(event);
    std::uint64_t number = 0;
    {
      const std::lock_guard lock(e->mutex);
      number = e->issued;
    }
    e->wait(number);
    return CUDA_SUCCESS;
  };
}

}  // namespace ganflow::test
