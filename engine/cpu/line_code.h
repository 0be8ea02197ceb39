// Lines as machine code, of AVX2 with FMA or of AVX-512: what is computed stays in registers.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "engine/cpu/line.h"

namespace ganflow::cpu {

// What the code runs on; it changes it.
struct LineRun {
  Extent rows = 0, columns = 0;
  std::array<std::byte*, kMostAccesses> at{};  // of the first row, by access
  std::array<Extent, kMostAccesses> step{};    // bytes to the next row
};

// The code, which may lie anywhere: void(LineRun*).
std::vector<std::uint8_t> line_text(const LinePlan& plan, int vector_bytes);

class LineCode {
 public:
  // For vectors of 32 or 64 bytes (engine/cpu/isa.h: at most widest_vectors()); nothing for others,
  // and where no code can be made (may_make_code).
  static std::shared_ptr<const LineCode> make(const LinePlan& plan, int vector_bytes);

  LineCode(const LineCode&) = delete;
  LineCode& operator=(const LineCode&) = delete;
  ~LineCode();
  void run(LineRun& line) const { run_(&line); }

 private:
  LineCode() = default;
  void* memory_ = nullptr;
  std::size_t bytes_ = 0;
  void (*run_)(LineRun*) = nullptr;
};

}  // namespace ganflow::cpu
