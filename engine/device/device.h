// Where programs run: memory, queues, a compiler. The flow graph above knows no other door to a
// device; the CPU is one as any other.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/device/executable.h"

namespace ganflow {

// A block of a device's memory, zeroed, its address a multiple of 64; shared by its copies.
class Block {
 public:
  Block() = default;
  explicit Block(std::shared_ptr<std::byte> data) : data_(std::move(data)) {}
  std::byte* data() const { return data_.get(); }

 private:
  std::shared_ptr<std::byte> data_;
};

// A block of the device with its twin in memory that the host reads and writes: one and the same
// where the device computes in host memory. What one side wrote the other sees after a transfer.
class Mirror {
 public:
  Mirror() = default;
  Mirror(Block device, Block host) : device_(std::move(device)), host_(std::move(host)) {}
  std::byte* device() const { return device_.data(); }
  std::byte* host() const { return host_.data(); }
  // Of `bytes` from `offset` on. The host's side may be read once a mark behind to_host() has
  // passed, and written again once one behind to_device() has.
  void to_device(Queue& queue, std::size_t offset, std::size_t bytes) const {
    if (device() != host()) queue.copy(device() + offset, host() + offset, bytes);
  }
  void to_host(Queue& queue, std::size_t offset, std::size_t bytes) const {
    if (device() != host()) queue.copy(host() + offset, device() + offset, bytes);
  }

 private:
  Block device_, host_;
};

enum class Urgency { step, background };  // background: evaluations, output

// Shared between threads. Throws Error(usage) for what it cannot compile or hold.
class Device {
 public:
  virtual ~Device() = default;
  virtual const std::string& name() const = 0;  // "cpu", "cuda:0"
  // The instruction set its programs use, where bits depend on it: "x86-64-v4".
  virtual std::string instructions() const { return {}; }
  // Calls of its queues return when the work is done. Known from the start, never changes.
  virtual bool immediate() const = 0;
  // How many programs that follow one another are worth joining into one (program/chain.h): 1 where
  // running one more costs nothing.
  virtual int programs_per_launch() const { return 1; }
  // Trips of a replica that may be under way at a time (graph/lowered.h): more than 1 where the
  // next is worth submitting before the host has seen what became of the last.
  virtual int trips_in_flight() const { return 1; }
  // Bytes of tables that sources may keep in its memory, so that its programs draw the batches
  // (graph/resident.h); those whose tables no longer fit are filled by the host. 0: all are.
  virtual std::size_t resident_bytes() const { return 0; }
  virtual std::shared_ptr<const Executable> compile(const Program& program,
                                                    const CompileOptions& options = {}) const = 0;
  // How its programs keep a Variable of this shape (device/stored.h): axis i of what lies in its
  // memory is axis stored_axes(shape)[i] of the Variable. Empty: as it is.
  virtual std::vector<int> stored_axes(const Shape& /*of_variable*/) const { return {}; }
  virtual Block allocate(std::size_t bytes) const = 0;
  virtual Mirror mirror(std::size_t bytes) const = 0;
  virtual std::unique_ptr<Queue> queue(Urgency urgency) const = 0;
  // The first error of work that was enqueued, one sentence; empty: none. What such a device has
  // computed since is worthless: its queues do nothing, its marks have passed.
  virtual std::string failure() const { return {}; }
};

// What single precision may cost in favour of speed. usual: products of matrices are float32;
// convolutions are what the device has for them, which on a GPU's tensor cores is TF32 (10 bits
// behind the point, sums in float32). float32: convolutions, too.
enum class Arithmetic : std::uint8_t { usual, float32 };

// "cpu", "cuda", "cuda:1", or "auto": the most capable device there is. Throws Error(usage) for a
// device that does not exist, or that this build lacks.
std::shared_ptr<const Device> open_device(const std::string& name,
                                          Arithmetic arithmetic = Arithmetic::usual);

// What a backend's folder registers: its function `ganflow::FOLDER::backend()` stands in a list
// that CMake writes.
struct Backend {
  std::string name;  // what --device says, before a colon
  // `which`: what stands behind the colon, may be empty.
  std::shared_ptr<const Device> (*open)(const std::string& which, Arithmetic arithmetic) = nullptr;
};
// The most capable first.
const std::vector<Backend>& backends();

}  // namespace ganflow
