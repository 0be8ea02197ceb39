// The CUDA backend over a recorded driver: which calls are made, and what becomes of one that
// fails.
#include "engine/cuda/driver/device.h"

#include <doctest/doctest.h>

#include <cstring>

#include "engine/error.h"
#include "engine/program/affine.h"
#include "engine/program/leaves.h"
#include "ops/primitives/conv.h"
#include "ops/primitives/layout.h"
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

std::shared_ptr<const Device> gpu(int number = 0, Arithmetic arithmetic = Arithmetic::usual) {
  return cuda::make_device(recorded_driver(), recorded_nvrtc(), &recorded_cudnn, number, cache(),
                           arithmetic);
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
// The same by way of two convolutions, x as an image of two by two pixels with two channels.
Program convolving(Extent between = 2) {
  Builder b;
  const Value x = reshape(input(b, "x", {{8}, DType::real}), {1, 2, 2, 2});
  // The mean of the channels, as often as there are some in between, and their mean.
  const Value y = conv2d(affine(x, 2, 1), full(b, {between, 2, 1, 1}, 0.5));
  const double share = 1.0 / static_cast<double>(between);
  output(b, "y", reshape(conv2d_input(y, full(b, {between, 2, 1, 1}, share), 2, 2), {8}));
  return b.program();
}
constexpr float kSum = 2 * (28 + 36) + 16;  // over both rounds, of either

// The program on memory and queues of a device.
struct Ready {
  explicit Ready(const Device& device, const Program& of = program())
      : executable(device.compile(of)),
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
float use(const Program& of, std::string& failure) {
  float sum = 0;
  try {
    const auto device = gpu();
    try {
      const Ready r(*device, of);
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

// `function` fails at its call number 1, 2, .. : nothing is left behind and `check` sees what is
// said, empty where the result is right. How often something was.
template <class Check>
int fail_each(const Program& of, std::string function, CUresult result, int most, Check check) {
  int failures = 0;
  // The recorder has the names without versions.
  if (const std::size_t at = function.find("_v"); at != std::string::npos) function.resize(at);
  for (int call = 1; call <= most; ++call) {
    CAPTURE(function);
    CAPTURE(call);
    record_driver({.failing = function, .failing_call = call, .failure = result});
    std::string failure;
    const float sum = use(of, failure);
    const bool reached = recorded_count(function) >= call;
    CHECK(not_given_back().empty());
    if (failure.empty()) {
      CHECK(sum == kSum);  // not reached, or while all is given back
      if (!reached) break;
      continue;
    }
    ++failures;
    CHECK(reached);
    CHECK(failure.find('\n') == std::string::npos);
    check(failure);
  }
  return failures;
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
      CHECK_THROWS_WITH_AS(backend.open(which, Arithmetic::usual), sentence.c_str(), Error);
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
    for (const Program& of : {program(), convolving()}) {
      record_driver({});
      std::string failure;
      CHECK(use(of, failure) == kSum);
      CHECK(failure.empty());
      CHECK(not_given_back().empty());
    }
    CHECK(recorded_count("cudnnBackendExecute") == 2);
    CHECK(recorded_count("cudnnCreate") == 1);
  }

  TEST_CASE(
      "a convolution is planned once, has a workspace in the arena and is a node of its own") {
    record_driver({.keep_calls = true});
    const auto device = gpu();
    const Ready first(*device, convolving());
    CHECK(first.executable->arena_bytes() >= 1000);  // of the recorded plans
    const int finalized = recorded_count("cudnnBackendFinalize");
    const Ready second(*device, convolving());
    // Variant packs of two executions.
    CHECK(recorded_count("cudnnBackendFinalize") == finalized + 2);
    int children = 0;
    for (const std::string& call : recorded_calls())
      children += call == "cuGraphAddChildGraphNode after 1";
    CHECK(children == 4);
    CHECK(recorded_count("cuStreamBeginCapture") == 4);
  }

  TEST_CASE("what bits depend on: the architecture, and cuDNN's plans whatever their order") {
    record_driver({});
    const auto perceptrons = gpu();
    perceptrons->compile(program());
    CHECK(perceptrons->instructions() == "sm_90");
    std::vector<std::string> said;
    for (const bool backwards : {false, true}) {
      const auto device = gpu();
      std::vector<Program> programs{convolving(), convolving(3)};
      if (backwards) std::swap(programs[0], programs[1]);
      for (const Program& p : programs) device->compile(p);
      said.push_back(device->instructions());
    }
    CHECK(said[0].starts_with("sm_90, cuDNN 9.19, 4 plans "));
    CHECK(said[0] == said[1]);
  }

  TEST_CASE("in float32 no convolution is by tensor cores") {
    record_driver({});
    const auto device = gpu(0, Arithmetic::float32);
    device->compile(convolving());
    const std::string said = device->instructions();
    CHECK(said.starts_with("sm_90, cuDNN 9.19, "));
    const auto usual = gpu();
    usual->compile(convolving());
    CHECK(usual->instructions() != said);
  }

  TEST_CASE("whichever call fails: one sentence, nothing is left behind, nobody waits for ever") {
    int failures = 0;
    for (const CUresult result : {CUDA_ERROR_ILLEGAL_ADDRESS, CUDA_ERROR_OUT_OF_MEMORY}) {
      const auto check = [&](const std::string& failure) {
        CHECK(failure.find("cuda:0") != std::string::npos);
        CHECK(failure.find(result == CUDA_ERROR_OUT_OF_MEMORY ? "memory" : "illegal memory") !=
              std::string::npos);
      };
#define GANFLOW_NAME(name) #name
#define GANFLOW_NAME_OF(name) GANFLOW_NAME(name),
      for (const char* function : {GANFLOW_DRIVER_FUNCTIONS(GANFLOW_NAME_OF)})
        failures += fail_each(convolving(), function, result, 12, check);
    }
    CHECK(failures > 60);
  }

  TEST_CASE("whichever call of cuDNN fails: one sentence, nothing is left behind") {
    int failures = 0;
    for (const char* function : {GANFLOW_CUDNN_FUNCTIONS(GANFLOW_NAME_OF)})
      failures += fail_each(convolving(), function, CUDA_ERROR_OUT_OF_MEMORY, 60,
                            [](const std::string& failure) {
                              CHECK(failure.find("cuDNN") != std::string::npos);
                              CHECK(failure.ends_with("use --device cpu"));
                            });
    CHECK(failures > 100);
  }
}
