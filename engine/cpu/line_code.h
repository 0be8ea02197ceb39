// Lines as machine code: AVX2 and FMA, eight elements at a time, what is computed in registers.
#pragma once

#include <array>
#include <memory>

#include "engine/cpu/line.h"

namespace ganflow::cpu {

// What the code runs on; it changes it.
struct LineRun {
  Extent rows = 0, columns = 0;
  std::array<std::byte*, kMostAccesses> at{};  // of the first row, by access
  std::array<Extent, kMostAccesses> step{};    // bytes to the next row
};

class LineCode {
 public:
  // Nothing where no code can be made (may_make_code) or the machine has no AVX2 and FMA.
  static std::shared_ptr<const LineCode> make(const LinePlan& plan);

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
