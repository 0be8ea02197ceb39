// A program made ready to run on a device: kernels in order over one preplanned arena. Running one
// allocates nothing and decides nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "engine/device/queue.h"
#include "engine/kernels/report.h"
#include "engine/program/primitive.h"
#include "engine/rewrite/rewrite.h"

namespace ganflow {

struct CompileOptions {
  Precision precision = Precision::float32;
  RewriteOptions rewrite;
  bool fuse = true;      // elementwise runs, reductions and epilogues share kernels
  bool coalesce = true;  // views, concat placement and in-place updates share buffers
  bool operator==(const CompileOptions&) const = default;
};

// The program as planning for `target` takes it.
Program rewrite_for(const Program& program, RewriteOptions options, const kernels::Target& target);

// Where a program's slots live, in the device's memory. Every pointer is 64-byte aligned; orders
// are those of the Program.
struct Bindings {
  std::byte* arena = nullptr;                // Executable::arena_bytes()
  std::byte* const* variables = nullptr;     // read, and assigned when the step ends
  const std::byte* const* inputs = nullptr;  // never written
  std::byte* const* outputs = nullptr;
  // One for each clock that the program draws by (most have one); read when the kernels run.
  const DrawClock* clock = nullptr;
};

// Where a place lies; null if it is nowhere. `scratch`: the running kernel's, on devices that keep
// one apart from the arena.
inline std::byte* address(const kernels::Place& place, const Bindings& bindings,
                          std::byte* constants, std::byte* scratch = nullptr) {
  using kernels::Space;
  switch (place.space) {
    case Space::arena:
      return bindings.arena + place.offset;
    case Space::constants:
      return constants + place.offset;
    case Space::input:
      return const_cast<std::byte*>(bindings.inputs[place.slot]) + place.offset;
    case Space::variable:
      return bindings.variables[place.slot] + place.offset;
    case Space::output:
      return bindings.outputs[place.slot] + place.offset;
    case Space::clock:
      return const_cast<std::byte*>(reinterpret_cast<const std::byte*>(bindings.clock)) +
             place.offset;
    case Space::scratch:
      return scratch ? scratch + place.offset : nullptr;
    case Space::none:
      break;
  }
  return nullptr;
}

// An executable with its bindings: may be enqueued again and again, whatever lies at its addresses.
class Prepared {
 public:
  virtual ~Prepared() = default;
  // On a queue of the device that compiled it. Not from two threads at a time.
  virtual void enqueue(Queue& queue) noexcept = 0;
};

// Immutable once built, shared between threads.
class Executable {
 public:
  virtual ~Executable() = default;
  // The arrays of pointers are copied; what they point to must outlive the result, as must this.
  virtual std::unique_ptr<Prepared> prepare(const Bindings& bindings) const = 0;
  const kernels::Report& report() const { return report_; }
  std::size_t arena_bytes() const { return report_.arena_bytes; }
  // What a run takes one core, roughly and whatever machine it is; 0: not known.
  virtual double nanoseconds() const { return 0; }
  // What each helper of a queue's team needs for its own.
  virtual std::size_t helper_bytes() const { return 0; }

 protected:
  kernels::Report report_;
};

}  // namespace ganflow
