#include "engine/device/device.h"

#include <doctest/doctest.h>

#include <cstring>

#include "engine/error.h"
#include "engine/program/affine.h"
#include "engine/program/leaves.h"

using namespace ganflow;

TEST_SUITE("device") {
  TEST_CASE("devices are opened by name, others refused in one sentence") {
    CHECK(open_device("cpu")->name() == "cpu");
    const std::string most_capable = open_device("auto")->name();
    CHECK((most_capable == "cpu" || most_capable == "cuda:0"));
    CHECK(open_device("cpu")->immediate());
    std::string there_are;
    for (const Backend& backend : backends()) there_are += backend.name + ", ";
    if (there_are == "cpu, ")
      CHECK_THROWS_WITH_AS(open_device("cuda:1"),
                           "--device cuda:1: this build has no CUDA backend; use --device cpu",
                           Error);
    CHECK_THROWS_WITH_AS(open_device("cpu:1"), "--device cpu:1: there is one CPU; use --device cpu",
                         Error);
    CHECK_THROWS_WITH_AS(open_device("cpu:"),
                         "--device cpu:: there is no number behind the colon; use --device cpu",
                         Error);
    const std::string unknown =
        "--device gpu: no such device; did you mean 'cpu'? there are: " + there_are + "auto";
    CHECK_THROWS_WITH_AS(open_device("gpu"), unknown.c_str(), Error);
  }

  TEST_CASE("the two sides of a mirror are one block on the CPU; its marks have passed") {
    const auto cpu = open_device("cpu");
    const Mirror mirror = cpu->mirror(64);
    CHECK(mirror.device() == mirror.host());
    const auto queue = cpu->queue(Urgency::step);
    std::fill_n(mirror.host(), 64, std::byte{7});
    mirror.to_device(*queue, 0, 64);
    const Block block = cpu->allocate(64);
    CHECK(block.data()[63] == std::byte{0});
    queue->copy(block.data(), mirror.device(), 64);
    CHECK(block.data()[63] == std::byte{7});
    CHECK(queue->mark().passed());
    CHECK(Mark().passed());
  }

  TEST_CASE("a prepared executable reads what lies at its addresses each time") {
    const auto cpu = open_device("cpu");
    Builder b;
    const Value x = input(b, "x", {{2}, DType::real});
    output(b, "y", affine(x, 2, 1));
    const auto executable = cpu->compile(b.program());
    const Block arena = cpu->allocate(executable->arena_bytes()), in = cpu->allocate(8),
                out = cpu->allocate(8);
    const std::byte* inputs[] = {in.data()};
    std::byte* outputs[] = {out.data()};
    const auto prepared =
        executable->prepare({.arena = arena.data(), .inputs = inputs, .outputs = outputs});
    inputs[0] = nullptr;  // the arrays are copied
    outputs[0] = nullptr;
    const auto queue = cpu->queue(Urgency::step);
    for (const float value : {1.0f, -3.0f}) {
      const float given[] = {value, 0.5f};
      std::memcpy(in.data(), given, sizeof given);
      prepared->enqueue(*queue);
      const auto* y = reinterpret_cast<const float*>(out.data());
      CHECK(y[0] == 2 * value + 1);
      CHECK(y[1] == 2.0f);
    }
  }
}
