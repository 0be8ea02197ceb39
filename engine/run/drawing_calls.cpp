#include "engine/run/drawing_calls.h"

#include <algorithm>
#include <cstring>

#include "engine/device/stored.h"
#include "engine/error.h"
#include "engine/tensor/memory.h"

namespace ganflow {
namespace {

std::size_t bytes_of(Extent rows, Extent elements) {
  return static_cast<std::size_t>(rows * elements) * sizeof(float);
}

// One program with memory of its own, called for one group of rows after another.
class Calls {
 public:
  // `given`: elements of a row of each input that is no scalar; `made`: of each output.
  Calls(const Executable& program, const Device& device, const LoweredReplica& replica,
        const Restored& state, const std::vector<int>& variables, const std::vector<int>& scalars,
        Extent rows, const std::vector<Extent>& given, const std::vector<Extent>& made)
      : queue_(device.queue(Urgency::background)),
        arena_(device.allocate(program.arena_bytes())),
        rows_(rows),
        given_(given),
        made_(made) {
    std::vector<std::byte*> variable_places, output_places;
    std::vector<const std::byte*> input_places;
    for (const int v : variables) {
      const VariableInfo& info = replica.variables[static_cast<std::size_t>(v)];
      const std::size_t bytes = bytes_of(1, info.shape.elements());
      const auto found = state.variables.find(info.name);
      if (found == state.variables.end() ||
          bytes_of(1, static_cast<Extent>(found->second.size())) != bytes)
        fail(Fault::input, "the checkpoint has no {} of shape {}; it belongs to another graph",
             info.name, info.shape.str());
      variables_.push_back(device.mirror(bytes));
      to_stored(device, info.shape, found->second.data(),
                reinterpret_cast<float*>(variables_.back().host()));
      variables_.back().to_device(*queue_, 0, bytes);
      variable_places.push_back(variables_.back().device());
    }
    for (const Extent elements : given) place_input(device, bytes_of(rows, elements), input_places);
    for (const int s : scalars) {
      place_input(device, kAlignment, input_places);
      const auto value =
          static_cast<float>(replica.scalars[static_cast<std::size_t>(s)].schedule.at(state.step));
      std::memcpy(inputs_.back().host(), &value, sizeof value);
      inputs_.back().to_device(*queue_, 0, sizeof value);
    }
    for (const Extent elements : made) {
      outputs_.push_back(device.mirror(bytes_of(rows, elements)));
      output_places.push_back(outputs_.back().device());
    }
    clock_ = device.mirror(kAlignment);
    prepared_ = program.prepare({.arena = arena_.data(),
                                 .variables = variable_places.data(),
                                 .inputs = input_places.data(),
                                 .outputs = output_places.data(),
                                 .clock = reinterpret_cast<const DrawClock*>(clock_.device())});
  }

  // Rows [0, n) of `given`, which may be fewer than a call takes, to rows at the end of `made`.
  void run(const DrawClock& clock, const DrawnRows& given, Extent begin, Extent n,
           DrawnRows& made) {
    std::memcpy(clock_.host(), &clock, sizeof clock);
    clock_.to_device(*queue_, 0, sizeof clock);
    for (std::size_t i = 0; i < given_.size(); ++i) {
      std::memset(inputs_[i].host(), 0, bytes_of(rows_, given_[i]));
      std::memcpy(inputs_[i].host(), given[i].data() + begin * given_[i], bytes_of(n, given_[i]));
      inputs_[i].to_device(*queue_, 0, bytes_of(rows_, given_[i]));
    }
    prepared_->enqueue(*queue_);
    for (std::size_t i = 0; i < made_.size(); ++i)
      outputs_[i].to_host(*queue_, 0, bytes_of(rows_, made_[i]));
    queue_->mark().wait();
    for (std::size_t i = 0; i < made_.size(); ++i) {
      const auto* values = reinterpret_cast<const float*>(outputs_[i].host());
      made[i].insert(made[i].end(), values, values + n * made_[i]);
    }
  }

 private:
  void place_input(const Device& device, std::size_t bytes, std::vector<const std::byte*>& places) {
    inputs_.push_back(device.mirror(bytes));
    places.push_back(inputs_.back().device());
  }

  std::unique_ptr<Queue> queue_;
  Block arena_;
  std::vector<Mirror> variables_, inputs_, outputs_;
  Mirror clock_;
  std::unique_ptr<Prepared> prepared_;
  Extent rows_;
  std::vector<Extent> given_, made_;
};

std::vector<Extent> elements_of(const LoweredDrawing& drawing) {
  std::vector<Extent> elements;
  for (const Draws& draws : drawing.draws) elements.push_back(draws.row.elements());
  return elements;
}

}  // namespace

DrawnRows drawn_rows(const LoweredReplica& replica, const LoweredDrawing& drawing,
                     const Restored& state, Extent n, std::uint64_t draw, const Device& device) {
  DrawnRows rows(drawing.draws.size());
  if (rows.empty()) return rows;
  Calls calls(*drawing.draw, device, replica, state, drawing.draw_variables, drawing.draw_scalars,
              drawing.rows, {}, elements_of(drawing));
  for (Extent begin = 0; begin < n; begin += drawing.rows)
    calls.run({replica.seed, (draw << 32) + static_cast<std::uint64_t>(begin / drawing.rows)}, {},
              0, std::min(drawing.rows, n - begin), rows);
  return rows;
}

std::vector<float> samples_from(const LoweredReplica& replica, const LoweredDrawing& drawing,
                                const Restored& state, const DrawnRows& rows, Extent n,
                                Extent elements, const Device& device) {
  DrawnRows made(1);
  Calls calls(*drawing.generate, device, replica, state, drawing.variables, drawing.scalars,
              drawing.rows, elements_of(drawing), {elements});
  for (Extent begin = 0; begin < n; begin += drawing.rows)
    calls.run({replica.seed, static_cast<std::uint64_t>(begin / drawing.rows)}, rows, begin,
              std::min(drawing.rows, n - begin), made);
  return std::move(made[0]);
}

}  // namespace ganflow
