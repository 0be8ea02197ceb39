// The CUDA backend over a recorded driver: which calls are made, and what becomes of one that
// fails.
#include "engine/cuda/driver/device.h"

#include <doctest/doctest.h>

#include <cstring>

#include "engine/error.h"
#include "engine/program/affine.h"
#include "engine/program/leaves.h"
#include "support/recorded_driver.h"
#include "support/run_example.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

// Kernels of this file, compiled once.
std::string cache() {
  static const TemporaryDirectory folder;
  return folder.path();
}

std::shared_ptr<const Device> gpu(int number = 0) {
  return cuda::make_device(recorded_driver(), recorded_nvrtc(), number, cache());
}

std::vector<std::string> calls_without(std::size_t before, const std::string& left_out) {
  std::vector<std::string> calls = recorded_calls();
  calls.erase(calls.begin(), calls.begin() + static_cast<std::ptrdiff_t>(before));
  std::erase(calls, left_out);
  return calls;
}

// y = 2 x + 1 of eight numbers.
Program program() {
  Builder b;
  output(b, "y", affine(input(b, "x", {{8}, DType::real}), 2, 1));
  return b.program();
}

// The program on memory and queues of a device.
struct Ready {
  explicit Ready(const Device& device)
      : executable(device.compile(program())),
        queue(device.queue(Urgency::step)),
        output(device.queue(Urgency::background)),
        arena(device.allocate(executable->arena_bytes())),
        in(device.mirror(32)),
        out(device.mirror(32)) {
    const std::byte* inputs[] = {in.device()};
    std::byte* outputs[] = {out.device()};
    prepared = executable->prepare({.arena = arena.data(), .inputs = inputs, .outputs = outputs});
  }
  std::shared_ptr<const Executable> executable;
  std::unique_ptr<Queue> queue, output;
  Block arena;
  Mirror in, out;
  std::unique_ptr<Prepared> prepared;
};

// All that a run does with a device: uploads, runs a program twice, copies on a second queue. The
// sum of the results, or NaN of a device that has failed; what() of what it throws goes to
// `thrown`.
float use(std::string& failure) {
  float sum = 0;
  try {
    const auto device = gpu();
    try {
      const Ready r(*device);
      for (int round = 0; round < 2; ++round) {
        for (int i = 0; i < 8; ++i)
          reinterpret_cast<float*>(r.in.host())[i] = static_cast<float>(i + round);
        r.in.to_device(*r.queue, 0, 32);
        r.prepared->enqueue(*r.queue);
        r.output->after(r.queue->mark());
        r.out.to_host(*r.output, 0, 32);
        const Mark landed = r.output->mark();
        landed.wait();
        while (!landed.passed()) {
        }
        for (int i = 0; i < 8; ++i) sum += reinterpret_cast<const float*>(r.out.host())[i];
      }
    } catch (const Error& e) {
      failure = e.what();
    }
    if (failure.empty()) failure = device->failure();
  } catch (const Error& e) {
    failure = e.what();
  }
  return sum;
}

}  // namespace

TEST_SUITE("cuda device") {
  TEST_CASE("a GPU is found by its number, has a name, and is old or absent in one sentence") {
    record_driver({.gpus = 2});
    CHECK(gpu(1)->name() == "cuda:1");
    CHECK_FALSE(gpu()->immediate());
    CHECK(gpu()->failure().empty());
    CHECK_THROWS_WITH_AS(gpu(2),
                         "--device cuda:2: there are 2 GPUs, counted from 0; use --device cpu or "
                         "cuda:1",
                         Error);
    record_driver({.gpus = 1});
    CHECK_THROWS_WITH_AS(gpu(1),
                         "--device cuda:1: there is 1 GPU, counted from 0; use --device cpu or "
                         "cuda:0",
                         Error);
    record_driver({.architecture = 61});
    CHECK_THROWS_WITH_AS(gpu(),
                         "--device cuda:0: recorded GPU has compute capability 6.1, ganflow needs "
                         "7.5 or later; use --device cpu",
                         Error);
    record_driver({.failing = "cuDevicePrimaryCtxRetain", .failure = CUDA_ERROR_OUT_OF_MEMORY});
    CHECK_THROWS_WITH_AS(gpu(),
                         "--device cuda:0: the GPU cannot be used: out of memory "
                         "(CUDA_ERROR_OUT_OF_MEMORY); use another, or --device cpu",
                         Error);
    CHECK(not_given_back().empty());
  }

  TEST_CASE("--device says which GPU") {
    const Backend backend = cuda::backend();
    CHECK(backend.name == "cuda");
    for (const char* which : {"x", "1x", "-1", "99999999999"}) {
      const std::string sentence = std::string("--device cuda:") + which + ": '" + which +
                                   "' is no number of a GPU, they count from 0";
      CHECK_THROWS_WITH_AS(backend.open(which), sentence.c_str(), Error);
    }
  }

  TEST_CASE("memory is zeroed, a mirror has two sides, both are given back") {
    record_driver({.keep_calls = true});
    {
      const auto device = gpu();
      const std::size_t before = recorded_calls().size();
      const Mirror mirror = device->mirror(1000);
      CHECK(mirror.device() != mirror.host());
      for (int i = 0; i < 1000; ++i) CHECK(mirror.host()[i] == std::byte{0});
      CHECK(calls_without(before, "cuCtxSetCurrent") ==
            std::vector<std::string>{"cuMemAlloc 1000", "cuMemsetD8Async 1000",
                                     "cuStreamSynchronize", "cuMemHostAlloc 1000"});
      const auto queue = device->queue(Urgency::step);
      mirror.host()[7] = std::byte{1};
      mirror.to_host(*queue, 0, 1000);
      queue->mark().wait();
      CHECK(mirror.host()[7] == std::byte{0});
      CHECK(
          not_given_back() ==
          std::map<std::string, int>{
              {"contexts", 1}, {"events", 1}, {"memory", 1}, {"pinned memory", 1}, {"streams", 1}});
    }
    CHECK(not_given_back().empty());
  }

  TEST_CASE("memory that has run out says what is needed and what is free, and others go on") {
    record_driver({.memory_bytes = 8 << 20});
    const auto device = gpu();
    const Block most = device->allocate(6 << 20);
    CHECK_THROWS_WITH_AS(device->allocate(3 << 20),
                         "cuda:0 (recorded GPU) has too little memory: 3.0 MiB more are needed, "
                         "2.0 of 8.0 MiB are free; take a smaller --batch, fewer --replicas or "
                         "--device cpu",
                         Error);
    CHECK(device->failure().empty());
    CHECK(device->allocate(1 << 20).data() != nullptr);
    record_driver({.failing = "cuMemHostAlloc", .failure = CUDA_ERROR_OUT_OF_MEMORY});
    CHECK_THROWS_WITH_AS(gpu()->mirror(1 << 20),
                         "cuda:0: the host cannot pin 1.0 MiB more of its memory; take a smaller "
                         "--batch, fewer --replicas or --device cpu",
                         Error);
  }

  TEST_CASE("the calls of a step: an upload, a launch, a mark") {
    record_driver({.keep_calls = true});
    const auto device = gpu();
    const Ready r(*device);
    const auto step = [&] {
      r.in.to_device(*r.queue, 0, 32);
      r.prepared->enqueue(*r.queue);
      const Mark done = r.queue->mark();
      r.output->after(done);
      r.out.to_host(*r.output, 0, 32);
      r.output->mark().wait();
      CHECK(done.passed());
    };
    step();
    step();
    const std::size_t before = recorded_calls().size();
    step();
    std::vector<std::string> calls = calls_without(before, "cuCtxSetCurrent");
    std::erase(calls, "cuEventQuery");
    CHECK(calls == std::vector<std::string>{"cuMemcpyAsync 32", "cuGraphLaunch", "cuEventRecord",
                                            "cuStreamWaitEvent", "cuMemcpyAsync 32",
                                            "cuEventRecord", "cuEventSynchronize"});
    CHECK(recorded_count("cuEventCreate") <= 4);
    CHECK(recorded_calls()[0] == "cuDeviceGetCount");
  }

  TEST_CASE("a program computes what it says") {
    record_driver({});
    std::string failure;
    CHECK(use(failure) == 2 * (28 + 36) + 16);
    CHECK(failure.empty());
    CHECK(not_given_back().empty());
  }

  TEST_CASE("whichever call fails: one sentence, nothing is left behind, nobody waits for ever") {
    int failures = 0;
    for (const CUresult result : {CUDA_ERROR_ILLEGAL_ADDRESS, CUDA_ERROR_OUT_OF_MEMORY}) {
#define GANFLOW_NAME(name) #name
#define GANFLOW_NAME_OF(name) GANFLOW_NAME(name),
      for (std::string function : {GANFLOW_DRIVER_FUNCTIONS(GANFLOW_NAME_OF)}) {
        // The recorder has the names without versions.
        if (const std::size_t at = function.find("_v"); at != std::string::npos)
          function.resize(at);
        for (int call = 1; call <= 12; ++call) {
          CAPTURE(function);
          CAPTURE(call);
          record_driver({.failing = function, .failing_call = call, .failure = result});
          std::string failure;
          const float sum = use(failure);
          const bool reached = recorded_count(function) >= call;
          CHECK(not_given_back().empty());
          if (failure.empty()) {
            CHECK(sum == 2 * (28 + 36) + 16);  // not reached, or while all is given back
            if (!reached) break;
            continue;
          }
          ++failures;
          CHECK(reached);
          CHECK(failure.find("cuda:0") != std::string::npos);
          CHECK(failure.find('\n') == std::string::npos);
          CHECK(failure.find(result == CUDA_ERROR_OUT_OF_MEMORY ? "memory" : "illegal memory") !=
                std::string::npos);
        }
      }
    }
    CHECK(failures > 60);
  }
}
