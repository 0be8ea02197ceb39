// What programs draw of a source by themselves, on the CPU and in the text for a GPU, is what the
// source fills, bit for bit.
#include <doctest/doctest.h>

#include <cstring>

#include "engine/device/device.h"
#include "engine/tensor/memory.h"
#include "support/emulation.h"
#include "support/resident_sources.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

constexpr Extent kBatch = 6;
constexpr std::uint64_t kSeed = 9;

struct Bound {
  Memory memory;
  std::size_t bytes;
};
Bound bound(std::size_t bytes, const void* from = nullptr) {
  Bound made{Memory(aligned(bytes + 1)), bytes};
  if (from) std::memcpy(made.memory.data(), from, bytes);
  return made;
}

struct NoQueue final : Queue {
  void copy(std::byte*, const std::byte*, std::size_t) noexcept override {}
  void after(const Mark&) noexcept override {}
  Mark mark() noexcept override { return {}; }
  bool passed(std::uint64_t) const noexcept override { return true; }
  void wait(std::uint64_t) const override {}
};

struct Drawing : DrawingProgram {
  std::vector<Bound> inputs, outputs;

  Drawing() : DrawingProgram(kBatch) {
    for (const Resident::Table& table : tables) {
      const auto room = static_cast<std::size_t>(table.type.shape.elements()) * sizeof(float);
      REQUIRE(table.bytes.size() <= room);
      inputs.push_back(bound(table.bytes.size(), table.bytes.data()));
    }
    for (const Shape& shape : shapes)
      outputs.push_back(bound(static_cast<std::size_t>(shape.elements()) * sizeof(float)));
  }

  void check(const Executable& executable, const char* what) {
    const Memory arena(aligned(executable.arena_bytes() + 1));
    DrawClock clock{kSeed, 0};
    std::vector<const std::byte*> from;
    std::vector<std::byte*> to;
    for (const Bound& b : inputs) from.push_back(b.memory.data());
    for (const Bound& b : outputs) to.push_back(b.memory.data());
    const auto prepared = executable.prepare({.arena = arena.data(),
                                              .variables = nullptr,
                                              .inputs = from.data(),
                                              .outputs = to.data(),
                                              .clock = &clock});
    NoQueue queue;
    for (const Step step : {0, 1, 2, 3, 4, 9, 31, 1000000}) {
      clock.step = step;
      for (const Bound& b : outputs) std::memset(b.memory.data(), 0xff, b.bytes);
      prepared->enqueue(queue);
      std::size_t o = 0;
      for (std::size_t i = 0; i < sources.size(); ++i) {
        std::vector<std::vector<float>> filled;
        for (const PortSpec& spec : sources[i]->outputs(kBatch)) {
          REQUIRE(spec.shape == shapes[o + filled.size()]);
          filled.emplace_back(static_cast<std::size_t>(spec.shape.elements()));
        }
        sources[i]->fill({kSeed, static_cast<std::uint32_t>(i), step + offset(i)}, kBatch,
                         std::vector<std::span<float>>(filled.begin(), filled.end()));
        for (const std::vector<float>& f : filled) {
          INFO(what, ", source ", i, ", step ", step);
          CHECK(std::memcmp(f.data(), outputs[o].memory.data(), outputs[o].bytes) == 0);
          ++o;
        }
      }
    }
  }
};

}  // namespace

TEST_SUITE_BEGIN("ops/sources");

TEST_CASE("programs draw what sources fill, bit for bit, on the CPU and by the text for a GPU") {
  Drawing drawing;
  const Program& program = drawing.builder.program();
  drawing.check(*open_device("cpu")->compile(program), "cpu");
  Emulated emulated(cuda::write_source(program, {}));
  drawing.check(emulated, "emulated");
  emulated.reversed = true;
  drawing.check(emulated, "emulated, reversed");
}

TEST_SUITE_END();
