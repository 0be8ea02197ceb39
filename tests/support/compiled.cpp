#include "support/compiled.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <stdexcept>
#include <utility>
#include <vector>

#include "engine/device/device.h"
#include "engine/device/team.h"
#include "engine/tensor/elements.h"
#include "engine/tensor/philox.h"
#include "support/allocations.h"
#include "support/crowd.h"

namespace ganflow::test {
namespace {

class Buffer {
 public:
  explicit Buffer(std::size_t bytes)
      : bytes_(bytes),
        data_(static_cast<std::byte*>(std::aligned_alloc(64, (bytes + 127) / 64 * 64))) {
    poison();
  }
  Buffer(Buffer&& other) noexcept
      : bytes_(other.bytes_), data_(std::exchange(other.data_, nullptr)) {}
  ~Buffer() { std::free(data_); }
  void poison() { std::memset(data_, 0xff, bytes_); }  // NaN in both precisions
  std::byte* data() const { return data_; }
  std::size_t bytes() const { return bytes_; }

 private:
  std::size_t bytes_;
  std::byte* data_;
};

void run_apart(const Team::Job& job, Buffer& own) {
  for (std::size_t step = 0; step < job.steps(); ++step)
    for (Extent unit = job.units(step); unit-- > 0;) {
      if (job.units(step) > 1) own.poison();
      job.run(step, unit, unit + 1, job.units(step) > 1 ? own.data() : nullptr);
    }
}

}  // namespace

Tensors run_executable(const Executable& executable, const Program& program, const Tensors& inputs,
                       const RunOptions& options) {
  const Precision precision = options.compile.precision;
  const auto buffers = [&](const std::vector<Slot>& slots) {
    std::vector<Buffer> made;
    for (const Slot& slot : slots)
      made.emplace_back(static_cast<std::size_t>(slot.type.shape.elements()) *
                        element_bytes(slot.type.dtype, precision));
    return made;
  };
  const auto pointers = [](const std::vector<Buffer>& from) {
    std::vector<std::byte*> to;
    for (const Buffer& b : from) to.push_back(b.data());
    return to;
  };
  Buffer arena(executable.arena_bytes());
  const auto in = buffers(program.inputs), state = buffers(program.variables),
             out = buffers(program.outputs);
  const auto in_at = pointers(in), state_at = pointers(state), out_at = pointers(out);
  for (std::size_t i = 0; i < in.size(); ++i)
    write_elements(in[i].data(), inputs.at(program.inputs[i].name), program.inputs[i].type.dtype,
                   precision);

  std::vector<DrawClock> clocks{{options.seed, options.step}};
  for (const std::uint64_t step : options.later_steps) clocks.push_back({options.seed, step});
  const Bindings bindings{arena.data(), state_at.data(), in_at.data(), out_at.data(),
                          clocks.data()};
  const std::unique_ptr<Queue> queue = open_device("cpu")->queue(Urgency::step);
  const std::unique_ptr<Prepared> prepared = executable.prepare(bindings);
  const auto* job = dynamic_cast<const Team::Job*>(prepared.get());
  Buffer own(executable.helper_bytes());
  Crowd crowd(options.threads, executable.helper_bytes());
  if (options.threads > 1) queue->help_by(&crowd.team);
  Tensors first;
  for (int r = 0; r < options.repeat; ++r) {
    arena.poison();
    for (const Buffer& b : out) std::memset(b.data(), 0xff, b.bytes());
    for (std::size_t i = 0; i < state.size(); ++i)
      write_elements(state[i].data(), inputs.at(program.variables[i].name),
                     program.variables[i].type.dtype, precision);
    const std::uint64_t before = allocations();
    if (job != nullptr && r % 2 == 1)
      run_apart(*job, own);
    else
      prepared->enqueue(*queue);
    if (options.threads == 1 && allocations() != before)
      throw std::logic_error("enqueue() allocates");
    Tensors result;
    for (const Output& o : program.results) {
      const Slot& slot = (o.assign ? program.variables : program.outputs)[o.slot];
      result[slot.name] = read_elements((o.assign ? state : out)[o.slot].data(),
                                        static_cast<std::size_t>(slot.type.shape.elements()),
                                        slot.type.dtype, precision);
    }
    if (r == 0) {
      first = std::move(result);
    } else {
      for (const auto& [name, values] : result)
        if (!values.empty() &&
            std::memcmp(values.data(), first.at(name).data(), values.size() * sizeof(double)) != 0)
          throw std::logic_error("repeated runs differ in " + name);
    }
  }
  return first;
}

Tensors run_compiled(const Program& program, const Tensors& inputs, const RunOptions& options) {
  return run_executable(*open_device("cpu")->compile(program, options.compile), program, inputs,
                        options);
}

double distance(const Tensors& a, const Tensors& b) {
  constexpr double kInfinite = std::numeric_limits<double>::infinity();
  double worst = 0;
  if (a.size() != b.size()) return kInfinite;
  for (const auto& [name, x] : a) {
    const auto found = b.find(name);
    if (found == b.end() || found->second.size() != x.size()) return kInfinite;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double y = found->second[i];
      if (x[i] == y || (std::isnan(x[i]) && std::isnan(y))) continue;
      const double d = std::abs(x[i] - y) / std::max({1.0, std::abs(x[i]), std::abs(y)});
      worst = std::isfinite(d) ? std::max(worst, d) : kInfinite;
    }
  }
  return worst;
}

Tensors random_inputs(const Program& program, std::uint64_t seed) {
  Tensors tensors;
  for (const auto* slots : {&program.inputs, &program.variables})
    for (const Slot& slot : *slots) {
      std::vector<double> values(static_cast<std::size_t>(slot.type.shape.elements()));
      for (std::size_t i = 0; i < values.size(); ++i) {
        const double u = uniform01(random_word(seed, stream_id(slot.name), 0, i));
        if (slot.type.dtype == DType::real) values[i] = static_cast<float>(2 * u - 1);
        if (slot.type.dtype == DType::mask) values[i] = u < 0.5;
      }
      tensors[slot.name] = values;
    }
  return tensors;
}

}  // namespace ganflow::test
