#include "support/delayed_device.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <random>
#include <thread>

#include "engine/device/denormals.h"
#include "engine/tensor/memory.h"

namespace ganflow::test {
namespace {

void poison(std::byte* at, std::size_t bytes) { std::memset(at, 0xff, bytes); }

// Which memory is the host's.
class HostMemory {
 public:
  void add(const std::byte* at, std::size_t bytes) {
    const std::lock_guard lock(mutex_);
    blocks_[at] = bytes;
  }
  void remove(const std::byte* at) {
    const std::lock_guard lock(mutex_);
    blocks_.erase(at);
  }
  bool holds(const std::byte* at) const {
    const std::lock_guard lock(mutex_);
    auto after = blocks_.upper_bound(at);
    return after != blocks_.begin() && at < std::prev(after)->first + std::prev(after)->second;
  }

 private:
  mutable std::mutex mutex_;
  std::map<const std::byte*, std::size_t> blocks_;
};

class DelayedQueue final : public Queue {
 public:
  DelayedQueue(const DelayedOptions& options, Urgency urgency, std::shared_ptr<HostMemory> host,
               std::shared_ptr<std::atomic<int>> under_way, std::uint64_t seed)
      : options_(options),
        urgency_(urgency),
        host_(std::move(host)),
        under_way_(std::move(under_way)),
        random_(seed) {
    thread_ = std::thread([this] { loop(); });
  }
  ~DelayedQueue() override {
    push({});
    thread_.join();
  }

  void run(std::function<void()> program) {
    if (!options_.most_under_way || urgency_ == Urgency::background)
      return push(std::move(program));
    const int now = ++*under_way_;
    for (int most = *options_.most_under_way;
         now > most && !options_.most_under_way->compare_exchange_weak(most, now);) {
    }
    push([this, program = std::move(program), under_way = under_way_] {
      // The first ones do not end before all that may be under way are: on a machine of one core,
      // too.
      const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
      while (*options_.most_under_way < options_.trips_in_flight &&
             std::chrono::steady_clock::now() < end)
        std::this_thread::sleep_for(std::chrono::microseconds(100));
      program();
      --*under_way;
    });
  }
  void copy(std::byte* to, const std::byte* from, std::size_t bytes) noexcept override {
    const bool down = host_->holds(to), up = host_->holds(from);
    if (down) poison(to, bytes);
    if (down && options_.broken == Broken::downloads) return;
    if (up && options_.broken == Broken::uploads) return;
    push([=] { std::memcpy(to, from, bytes); });
  }
  void after(const Mark& mark) noexcept override {
    if (options_.broken != Broken::order_between_queues) push([mark] { mark.wait(); });
  }
  Mark mark() noexcept override {
    if (broken(Broken::marks)) return {};
    count();
    const std::lock_guard lock(mutex_);
    const std::uint64_t ticket = ++issued_;
    work_.push_back([this, ticket] {
      {
        const std::lock_guard inside(mutex_);
        reached_ = ticket;
      }
      changed_.notify_all();
    });
    changed_.notify_all();
    return {*this, ticket};
  }
  // From any thread; an empty one ends the queue.
  void push(std::function<void()> work) {
    count();
    {
      const std::lock_guard lock(mutex_);
      work_.push_back(std::move(work));
    }
    changed_.notify_all();
  }

 private:
  void count() const {
    if (options_.calls) ++*options_.calls;
  }
  // In this way, which shows in queues of the background only.
  bool broken(Broken how) const {
    return options_.broken == how && urgency_ == Urgency::background;
  }
  bool passed(std::uint64_t ticket) const noexcept override {
    const std::lock_guard lock(mutex_);
    return reached_ >= ticket;
  }
  void wait(std::uint64_t ticket) const override {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return reached_ >= ticket; });
  }
  void loop() {
    const FlushDenormals flush;
    for (;;) {
      std::function<void()> work;
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return !work_.empty(); });
        work = std::move(work_.front());
        work_.pop_front();
      }
      if (!work) return;
      if (options_.most_microseconds > 0 && !broken(Broken::order_between_queues))
        std::this_thread::sleep_for(std::chrono::microseconds(
            random_() % static_cast<unsigned>(options_.most_microseconds)));
      work();
    }
  }

  DelayedOptions options_;
  Urgency urgency_;
  std::shared_ptr<HostMemory> host_;
  std::shared_ptr<std::atomic<int>> under_way_;  // programs of all queues
  std::minstd_rand random_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::deque<std::function<void()>> work_;
  std::uint64_t issued_ = 0, reached_ = 0;
  std::thread thread_;
};

class DelayedPrepared final : public Prepared {
 public:
  DelayedPrepared(std::unique_ptr<Prepared> cpu, std::byte* arena, std::size_t arena_bytes)
      : cpu_(std::move(cpu)), arena_(arena), arena_bytes_(arena_bytes) {}
  void enqueue(Queue& queue) noexcept override {
    static_cast<DelayedQueue&>(queue).run(
        [cpu = cpu_, arena = arena_, bytes = arena_bytes_, &queue] {
          if (arena) poison(arena, bytes);
          cpu->enqueue(queue);
        });
  }

 private:
  std::shared_ptr<Prepared> cpu_;  // of what is enqueued, too: a broken device may end before it
  std::byte* arena_;
  std::size_t arena_bytes_;
};

class DelayedExecutable final : public Executable {
 public:
  explicit DelayedExecutable(std::shared_ptr<const Executable> cpu) : cpu_(std::move(cpu)) {
    report_ = cpu_->report();
  }
  std::unique_ptr<Prepared> prepare(const Bindings& bindings) const override {
    return std::make_unique<DelayedPrepared>(cpu_->prepare(bindings), bindings.arena,
                                             arena_bytes());
  }
  std::size_t helper_bytes() const override { return cpu_->helper_bytes(); }

 private:
  std::shared_ptr<const Executable> cpu_;
};

class DelayedDevice final : public Device {
 public:
  explicit DelayedDevice(const DelayedOptions& options) : options_(options) {}
  const std::string& name() const override { return name_; }
  bool immediate() const override { return false; }
  int programs_per_launch() const override { return options_.programs_per_launch; }
  int trips_in_flight() const override { return options_.trips_in_flight; }
  std::size_t resident_bytes() const override { return options_.resident_bytes; }
  std::shared_ptr<const Executable> compile(const Program& program,
                                            const CompileOptions& options) const override {
    return delayed(open_device("cpu")->compile(program, options));
  }
  Block allocate(std::size_t bytes) const override {
    const auto memory = block(bytes);
    return Block({memory->data(), [memory, bytes](std::byte* at) { poison(at, bytes); }});
  }
  Mirror mirror(std::size_t bytes) const override {
    const auto memory = block(bytes);
    host_->add(memory->data(), bytes);
    return {allocate(bytes), Block({memory->data(), [memory, bytes, host = host_](std::byte* at) {
                                      poison(at, bytes);
                                      host->remove(at);
                                    }})};
  }
  std::unique_ptr<Queue> queue(Urgency urgency) const override {
    return std::make_unique<DelayedQueue>(options_, urgency, host_, under_way_,
                                          options_.seed + 7 * queues_++);
  }

 private:
  // What a broken device has not waited for may go on behind the end of a run.
  std::shared_ptr<Memory> block(std::size_t bytes) const {
    auto memory = std::make_shared<Memory>(bytes);
    const std::lock_guard lock(mutex_);
    if (options_.broken != Broken::nothing) kept_.push_back(memory);
    return memory;
  }

  mutable std::mutex mutex_;
  mutable std::vector<std::shared_ptr<Memory>> kept_;
  DelayedOptions options_;
  std::string name_ = "delayed";
  std::shared_ptr<HostMemory> host_ = std::make_shared<HostMemory>();
  std::shared_ptr<std::atomic<int>> under_way_ = std::make_shared<std::atomic<int>>(0);
  mutable std::atomic<std::uint64_t> queues_{0};
};

}  // namespace

std::shared_ptr<const Device> delayed_device(const DelayedOptions& options) {
  return std::make_shared<const DelayedDevice>(options);
}

std::shared_ptr<const Executable> delayed(std::shared_ptr<const Executable> executable) {
  return std::make_shared<const DelayedExecutable>(std::move(executable));
}

}  // namespace ganflow::test
