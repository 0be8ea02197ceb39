#include "support/stored_tensors.h"

#include "engine/cuda/stored.h"
#include "engine/device/stored.h"

namespace ganflow::test {
namespace {

class StoringDevice final : public Device {
 public:
  const std::string& name() const override { return cpu_->name(); }
  bool immediate() const override { return true; }
  std::shared_ptr<const Executable> compile(const Program& program,
                                            const CompileOptions& options) const override {
    return cpu_->compile(program, options);
  }
  std::vector<int> stored_axes(const Shape& shape) const override {
    return cuda::stored_axes(shape);
  }
  Block allocate(std::size_t bytes) const override { return cpu_->allocate(bytes); }
  Mirror mirror(std::size_t bytes) const override { return cpu_->mirror(bytes); }
  std::unique_ptr<Queue> queue(Urgency urgency) const override { return cpu_->queue(urgency); }

 private:
  std::shared_ptr<const Device> cpu_ = open_device("cpu");
};

// move(device, shape, from, to) of every Variable.
template <class Move>
Tensors moved(const Program& program, const Tensors& tensors, Move move) {
  const auto device = storing_device();
  Tensors made = tensors;
  for (const Slot& slot : program.variables) {
    const auto found = made.find(slot.name);
    if (found == made.end()) continue;
    const std::vector<float> from(found->second.begin(), found->second.end());
    std::vector<float> to(from.size());
    move(*device, slot.type.shape, from.data(), to.data());
    found->second.assign(to.begin(), to.end());
  }
  return made;
}

}  // namespace

std::shared_ptr<const Device> storing_device() { return std::make_shared<const StoringDevice>(); }

Tensors to_stored(const Program& program, const Tensors& tensors) {
  return moved(program, tensors, [](const auto&... all) { ganflow::to_stored(all...); });
}
Tensors from_stored(const Program& program, const Tensors& stored) {
  return moved(program, stored, [](const auto&... all) { ganflow::from_stored(all...); });
}

}  // namespace ganflow::test
