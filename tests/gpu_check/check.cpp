#include "gpu_check/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>
#include <cstring>
#include <map>

#include "engine/cuda/driver/graph.h"
#include "engine/cuda/driver/memory.h"
#include "engine/cuda/driver/module.h"
#include "engine/cuda/driver/queue.h"

namespace ganflow::test {
namespace {

using Clock = std::chrono::steady_clock;
using Bits = std::vector<std::byte>;

constexpr std::uint32_t kMostUlps = 1;  // of what no standard rounds
constexpr int kRoundTrips = 100;

// Neighbours among the floats are neighbours among these.
std::int64_t ordered(std::uint32_t bits) {
  const auto magnitude = static_cast<std::int64_t>(bits & 0x7fffffffu);
  return bits >> 31 ? -magnitude : magnitude;
}

// The largest distance of two rows of float32, in units in the last place.
std::int64_t ulps(const Bits& a, const std::byte* b) {
  std::int64_t most = 0;
  for (std::size_t i = 0; i + 4 <= a.size(); i += 4) {
    std::uint32_t x = 0, y = 0;
    std::memcpy(&x, a.data() + i, 4), std::memcpy(&y, b + i, 4);
    most = std::max(most, std::abs(ordered(x) - ordered(y)));
  }
  return most;
}

// A case on the GPU: its kernels, and a block of memory of its own.
class OnGpu {
 public:
  OnGpu(const std::shared_ptr<const cuda::Context>& gpu, const cuda::Module& module,
        const GpuCase& of)
      : gpu_(gpu),
        case_(of),
        first_(of.block()),
        block_(cuda::device_block(gpu, of.block_bytes)),
        host_(cuda::pinned_block(gpu, of.block_bytes)),
        queue_(gpu, Urgency::step) {
    std::map<std::string, CUfunction> functions;
    for (const std::string& name : of.kernels) functions[name] = module.function(name);
    for (const CaseLaunch& launch : of.launches) {
      cuda::KernelNode& node = nodes_.emplace_back();
      if (launch.kernel.empty()) continue;
      node.function = functions.at(launch.kernel);
      node.grid = launch.grid, node.threads = launch.threads;
      for (const std::uint64_t at : launch.pointers) node.pointers.push_back(block_.data() + at);
    }
  }

  void begin() { put(0, first_); }
  void put(std::size_t at, const Bits& bytes) {
    queue_.copy(block_.data() + at, bytes.data(), bytes.size());
  }
  Bits get(std::size_t at, std::size_t bytes) {
    queue_.copy(host_.data(), block_.data() + at, bytes);
    wait();
    return {host_.data(), host_.data() + bytes};
  }
  void wait() {
    queue_.mark().wait();
    gpu_->check();
  }
  // One launch alone.
  void run(std::size_t launch) {
    const cuda::LaunchGraph one(gpu_, std::span(&nodes_[launch], 1), {{}});
    queue_.launch(one.executable());
    wait();
  }
  // All of them, `times` times behind one another.
  void run_all(int times) {
    if (!graph_) {
      std::vector<kernels::Hazard> hazards;
      for (std::size_t later = 0; later < case_.launches.size(); ++later)
        for (const std::uint64_t earlier : case_.launches[later].after)
          hazards.push_back({kernels::Hazard::Kind::read_after_write, earlier, later});
      graph_ = std::make_unique<cuda::LaunchGraph>(gpu_, nodes_,
                                                   cuda::direct_edges(nodes_.size(), hazards));
    }
    for (int i = 0; i < times; ++i) queue_.launch(graph_->executable());
  }

 private:
  std::shared_ptr<const cuda::Context> gpu_;
  const GpuCase& case_;
  Bits first_;
  Block block_, host_;  // host_: where bytes of block_ are brought to
  std::vector<cuda::KernelNode> nodes_;
  std::unique_ptr<cuda::LaunchGraph> graph_;
  cuda::StreamQueue queue_;
};

struct Verdict {
  int launches = 0, equal = 0;
  std::vector<std::string> others;  // kernels with other bits
  std::string whole, again, beside;
  double microseconds = 0, round_trip = 0;
  bool holds = true;

  std::string say(bool fine, const std::string& good, const std::string& bad) {
    holds = holds && fine;
    return fine ? good : bad;
  }
};

// Behind a kernel that leaves what it should not the memory is no longer that of the emulation,
// unless its bytes are at hand: what follows cannot be judged.
void check_kernels(OnGpu& gpu, const GpuCase& of, Verdict& v) {
  gpu.begin();
  for (std::size_t l = 0; l < of.launches.size(); ++l) {
    const CaseLaunch& launch = of.launches[l];
    const bool by_library = launch.kernel.empty();
    if (!by_library) gpu.run(l), ++v.launches;
    std::int64_t most = 0;
    bool equal = true, known = true;
    for (const Leaf& leaf : launch.leaves) {
      if (!by_library) {
        const Bits left = gpu.get(leaf.begin, leaf.size);
        if (crc_of(left) == leaf.crc) continue;
        equal = false;
        known = known && !leaf.bytes.empty();
        if (known) most = std::max(most, ulps(leaf.bytes, left.data()));
      }
      if (!leaf.bytes.empty()) gpu.put(leaf.begin, leaf.bytes);
    }
    if (by_library) continue;
    v.equal += equal;
    if (equal) continue;
    v.others.push_back(
        known ? fmt::format("{} of {}: {} ulp", launch.kernel, of.name, most)
              : fmt::format("{} of {}, and what follows is not checked", launch.kernel, of.name));
    v.holds = v.holds && launch.approximate && known && most <= kMostUlps;
    if (!known) break;
  }
  gpu.wait();
}

double microseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::micro>(Clock::now() - start).count();
}

void check_whole(OnGpu& gpu, OnGpu& other, const GpuCase& of, int repeat, Verdict& v) {
  const auto left = [&](OnGpu& by) { return by.get(0, of.block_bytes); };

  gpu.begin();
  gpu.run_all(1);
  const bool once = crc_of(left(gpu)) == of.left;
  v.whole = v.say(once || !v.others.empty(), once ? "equal" : "as its kernels", "OTHER BITS");

  const auto repeated = [&] {
    gpu.begin();
    gpu.wait();
    const auto start = Clock::now();
    gpu.run_all(repeat);
    gpu.wait();
    v.microseconds = microseconds_since(start) / repeat;
    return left(gpu);
  };
  repeated();  // the first ones wake the GPU
  const Bits alone = repeated();
  v.again = v.say(repeated() == alone, "equal", "OTHER BITS");

  auto start = Clock::now();
  for (int i = 0; i < kRoundTrips; ++i) gpu.run_all(1), gpu.wait();
  v.round_trip = microseconds_since(start) / kRoundTrips;

  gpu.begin(), other.begin();
  for (int i = 0; i < repeat; ++i) gpu.run_all(1), other.run_all(1);
  const bool both = left(gpu) == alone && left(other) == alone;
  v.beside = v.say(both, "equal", "OTHER BITS");
}

}  // namespace

bool check_gpu(const std::shared_ptr<const cuda::Context>& gpu, const cuda::Jit& jit,
               std::span<const GpuCase> cases, const CheckOptions& options,
               const std::function<void(const std::string&)>& print) {
  print(
      fmt::format("| program | kernels | as one graph | off float64 | {0} launches again | "
                  "beside another | us a launch | to and fro |",
                  options.repeat));
  print("| --- | --- | --- | --- | --- | --- | --- | --- |");
  bool holds = true;
  std::vector<std::string> others;
  for (const GpuCase& of : cases) {
    Verdict v;
    const cuda::Module module(gpu, jit.compile(of.text, gpu->architecture()).image);
    OnGpu here(gpu, module, of);
    check_kernels(here, of, v);
    std::string row = fmt::format("| {} | {} of {} equal |", of.name, v.equal, v.launches);
    if (of.whole()) {
      OnGpu beside(gpu, module, of);
      check_whole(here, beside, of, options.repeat, v);
      row += fmt::format(" {} | {:.1e} | {} | {} | {:.1f} | {:.1f} |", v.whole, of.off_float64,
                         v.again, v.beside, v.microseconds, v.round_trip);
    } else {
      row += " a library computes some | | | | | |";
    }
    print(row);
    others.insert(others.end(), v.others.begin(), v.others.end());
    holds = holds && v.holds;
  }
  print("");
  print(others.empty() ? "Every kernel leaves the bits of its emulation."
                       : "Other bits than emulated:");
  for (const std::string& other : others) print("- " + other);
  return holds;
}

}  // namespace ganflow::test
