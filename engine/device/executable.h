// A program made ready to run on a device: kernels in order over one preplanned arena. Running one
// allocates nothing and decides nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "engine/kernels/report.h"
#include "engine/rewrite/rewrite.h"

namespace ganflow {

struct CompileOptions {
  Precision precision = Precision::float32;
  RewriteOptions rewrite;
  bool fuse = true;      // elementwise runs, reductions and epilogues share kernels
  bool coalesce = true;  // views, concat placement and in-place updates share buffers
};

// Where a program's slots live. Every pointer is 64-byte aligned; orders are those of the Program.
struct Bindings {
  std::byte* arena = nullptr;                // Executable::arena_bytes()
  std::byte* const* variables = nullptr;     // read, and assigned when the step ends
  const std::byte* const* inputs = nullptr;  // never written
  std::byte* const* outputs = nullptr;
  std::uint64_t seed = 0;  // random numbers are a function of (seed, stream, step, element)
  std::uint64_t step = 0;
};

// Immutable once built; run() may be called from several threads with different Bindings.
class Executable {
 public:
  virtual ~Executable() = default;
  virtual void run(const Bindings& bindings) const noexcept = 0;
  const kernels::Report& report() const { return report_; }
  std::size_t arena_bytes() const { return report_.arena_bytes; }

 protected:
  kernels::Report report_;
};

// For the CPU of this machine. Throws Error(usage) naming an operation that has no kernel.
std::shared_ptr<const Executable> compile(const Program& program,
                                          const CompileOptions& options = {});

}  // namespace ganflow
