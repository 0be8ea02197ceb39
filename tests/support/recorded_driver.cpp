#include "support/recorded_driver.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <cstring>

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

CUresult RecordedState::begin(const char* function, const std::string& sizes) {
  {
    const std::lock_guard lock(mutex);
    const int number = ++counts[function];
    if (options.keep_calls) calls.push_back(sizes.empty() ? function : function + (" " + sizes));
    if (broken != CUDA_SUCCESS) return broken;
    if (options.failing != function || number != options.failing_call) return CUDA_SUCCESS;
    if (options.failure == CUDA_ERROR_OUT_OF_MEMORY) return options.failure;
    broken = options.failure;
  }
  const std::unique_lock finished(running);
  return broken;
}

void RecordedState::add(const char* kind, int n) {
  const std::lock_guard lock(mutex);
  if ((live[kind] += n) == 0) live.erase(kind);
}

std::string RecordedState::kind_of(const std::byte* at, std::size_t bytes) {
  const std::lock_guard lock(mutex);
  auto after = memory.upper_bound(at);
  if (after == memory.begin()) return "";
  const auto& [first, block] = *std::prev(after);
  if (at >= first + block.bytes) return "";
  return at + bytes <= first + block.bytes ? block.kind : "beyond its block";
}

RecordedState& recorded_state() {
  static RecordedState state;
  return state;
}

void record_driver(const RecordedOptions& options) {
  RecordedState& s = recorded_state();
  const std::lock_guard lock(s.mutex);
  s.options = options;
  s.broken = CUDA_SUCCESS;
  s.counts.clear(), s.live.clear(), s.calls.clear();
}

std::vector<std::string> recorded_calls() {
  RecordedState& s = recorded_state();
  const std::lock_guard lock(s.mutex);
  return s.calls;
}

int recorded_count(const std::string& function) {
  RecordedState& s = recorded_state();
  const std::lock_guard lock(s.mutex);
  const auto found = s.counts.find(function);
  return found == s.counts.end() ? 0 : found->second;
}

std::map<std::string, int> not_given_back() {
  RecordedState& s = recorded_state();
  const std::lock_guard lock(s.mutex);
  return s.live;
}

namespace {

RecordedState& state() { return recorded_state(); }

#define GANFLOW_BEGIN(...) \
  if (const CUresult r = state().begin(__VA_ARGS__); r != CUDA_SUCCESS) return r

std::byte* pointer(CUdeviceptr at) { return reinterpret_cast<std::byte*>(at); }

CUresult take(void** at, std::size_t bytes, const char* kind) {
  RecordedState& s = state();
  {
    const std::lock_guard lock(s.mutex);
    const bool device = std::string(kind) == "memory";
    if (device && s.device_bytes + bytes > s.options.memory_bytes) return CUDA_ERROR_OUT_OF_MEMORY;
    const std::size_t whole = (bytes + 511) / 512 * 512;
    *at = std::aligned_alloc(512, whole);
    std::memset(*at, 0xff, whole);
    s.memory[static_cast<std::byte*>(*at)] = {bytes, kind};
    if (device) s.device_bytes += bytes;
  }
  s.made(kind);
  return CUDA_SUCCESS;
}

void give_back(std::byte* at, const char* kind) {
  RecordedState& s = state();
  {
    const std::lock_guard lock(s.mutex);
    const auto found = s.memory.find(at);
    if (found == s.memory.end()) std::abort();
    std::memset(at, 0xff, found->second.bytes);
    if (std::string(kind) == "memory") s.device_bytes -= found->second.bytes;
    s.memory.erase(found);
  }
  std::free(at);
  s.given_back(kind);
}

void fill_device(cuda::Driver& t) {
  t.cuInit = [](unsigned) -> CUresult { return state().begin("cuInit"); };
  t.cuDriverGetVersion = [](int* version) -> CUresult {
    *version = 13000;
    return state().begin("cuDriverGetVersion");
  };
  t.cuDeviceGetCount = [](int* count) -> CUresult {
    GANFLOW_BEGIN("cuDeviceGetCount");
    *count = state().options.gpus;
    return CUDA_SUCCESS;
  };
  t.cuDeviceGet = [](CUdevice* device, int number) -> CUresult {
    GANFLOW_BEGIN("cuDeviceGet");
    *device = number;
    return CUDA_SUCCESS;
  };
  t.cuDeviceGetName = [](char* name, int bytes, CUdevice) -> CUresult {
    GANFLOW_BEGIN("cuDeviceGetName");
    std::strncpy(name, "recorded GPU", static_cast<std::size_t>(bytes));
    return CUDA_SUCCESS;
  };
  t.cuDeviceGetAttribute = [](int* value, CUdevice_attribute which, CUdevice) -> CUresult {
    GANFLOW_BEGIN("cuDeviceGetAttribute");
    const int a = state().options.architecture;
    *value = which == CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR ? a / 10 : a % 10;
    return CUDA_SUCCESS;
  };
  t.cuDevicePrimaryCtxRetain = [](CUcontext* context, CUdevice) -> CUresult {
    GANFLOW_BEGIN("cuDevicePrimaryCtxRetain");
    static int one;
    *context = reinterpret_cast<CUcontext>(&one);
    state().made("contexts");
    return CUDA_SUCCESS;
  };
  t.cuDevicePrimaryCtxRelease = [](CUdevice) -> CUresult {
    state().given_back("contexts");
    return state().begin("cuDevicePrimaryCtxRelease");
  };
  t.cuCtxSetCurrent = [](CUcontext) -> CUresult { return state().begin("cuCtxSetCurrent"); };
  t.cuCtxGetStreamPriorityRange = [](int* least, int* greatest) -> CUresult {
    GANFLOW_BEGIN("cuCtxGetStreamPriorityRange");
    *least = 0, *greatest = -5;
    return CUDA_SUCCESS;
  };
  t.cuGetErrorName = [](CUresult result, const char** name) -> CUresult {
    *name = result == CUDA_ERROR_OUT_OF_MEMORY ? "CUDA_ERROR_OUT_OF_MEMORY"
                                               : "CUDA_ERROR_ILLEGAL_ADDRESS";
    return CUDA_SUCCESS;
  };
  t.cuGetErrorString = [](CUresult result, const char** text) -> CUresult {
    *text = result == CUDA_ERROR_OUT_OF_MEMORY ? "out of memory"
                                               : "an illegal memory access was encountered";
    return CUDA_SUCCESS;
  };
}

void fill_memory(cuda::Driver& t) {
  t.cuMemGetInfo = [](std::size_t* free, std::size_t* total) -> CUresult {
    GANFLOW_BEGIN("cuMemGetInfo");
    const std::lock_guard lock(state().mutex);
    *total = state().options.memory_bytes;
    *free = *total - state().device_bytes;
    return CUDA_SUCCESS;
  };
  t.cuMemAlloc = [](CUdeviceptr* at, std::size_t bytes) -> CUresult {
    GANFLOW_BEGIN("cuMemAlloc", std::to_string(bytes));
    return take(reinterpret_cast<void**>(at), bytes, "memory");
  };
  t.cuMemFree = [](CUdeviceptr at) -> CUresult {
    give_back(pointer(at), "memory");
    return state().begin("cuMemFree");
  };
  t.cuMemHostAlloc = [](void** at, std::size_t bytes, unsigned) -> CUresult {
    GANFLOW_BEGIN("cuMemHostAlloc", std::to_string(bytes));
    return take(at, bytes, "pinned memory");
  };
  t.cuMemFreeHost = [](void* at) -> CUresult {
    give_back(static_cast<std::byte*>(at), "pinned memory");
    return state().begin("cuMemFreeHost");
  };
  t.cuMemsetD8Async = [](CUdeviceptr at, unsigned char value, std::size_t bytes,
                         CUstream stream) -> CUresult {
    GANFLOW_BEGIN("cuMemsetD8Async", std::to_string(bytes));
    if (stream != nullptr || state().kind_of(pointer(at), bytes) != "memory")
      return CUDA_ERROR_INVALID_VALUE;
    std::memset(pointer(at), value, bytes);
    return CUDA_SUCCESS;
  };
  t.cuMemcpyAsync = [](CUdeviceptr to, CUdeviceptr from, std::size_t bytes,
                       CUstream stream) -> CUresult {
    GANFLOW_BEGIN("cuMemcpyAsync", std::to_string(bytes));
    const std::string at = state().kind_of(pointer(to), bytes);
    const std::string source = state().kind_of(pointer(from), bytes);
    if (at == "beyond its block" || source == "beyond its block" || at.empty())
      return CUDA_ERROR_INVALID_VALUE;
    if (at == "pinned memory") std::memset(pointer(to), 0xff, bytes);  // it lands later
    // From memory that is not pinned: taken before the call returns.
    std::vector<std::byte> staged;
    if (source.empty()) staged.assign(pointer(from), pointer(from) + bytes);
    reinterpret_cast<RecordedStream*>(stream)->push([=, staged = std::move(staged)] {
      state().run(
          [&] { std::memcpy(pointer(to), staged.empty() ? pointer(from) : staged.data(), bytes); });
    });
    return CUDA_SUCCESS;
  };
}

SharedEvent event_of(CUevent event) { return *reinterpret_cast<SharedEvent*>(event); }
RecordedStream& stream_of(CUstream stream) { return *reinterpret_cast<RecordedStream*>(stream); }

void fill_streams(cuda::Driver& t) {
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

}  // namespace

const cuda::Driver& recorded_driver() {
  static const cuda::Driver table = [] {
    cuda::Driver t;
    fill_device(t);
    fill_memory(t);
    fill_streams(t);
    fill_recorded_graphs(t);
    return t;
  }();
  return table;
}

const cuda::Nvrtc& recorded_nvrtc() {
  static const cuda::Nvrtc table = [] {
    cuda::Nvrtc t;
    fill_recorded_nvrtc(t);
    return t;
  }();
  return table;
}

}  // namespace ganflow::test
