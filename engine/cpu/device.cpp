#include "engine/cpu/device.h"

#include <cstring>

#include "engine/cpu/code.h"
#include "engine/cpu/executable.h"
#include "engine/cpu/isa.h"
#include "engine/error.h"
#include "engine/tensor/memory.h"

namespace ganflow::cpu {
namespace {

class CpuQueue final : public Queue {
 public:
  void copy(std::byte* to, const std::byte* from, std::size_t bytes) noexcept override {
    std::memcpy(to, from, bytes);
  }
  void after(const Mark&) noexcept override {}
  Mark mark() noexcept override { return {}; }

 private:
  bool passed(std::uint64_t) const noexcept override { return true; }
  void wait(std::uint64_t) const override {}
};

class CpuDevice final : public Device {
 public:
  const std::string& name() const override { return name_; }
  std::string instructions() const override {
    return std::string(instruction_set()) + (may_make_code() ? "" : ", no generated code");
  }
  bool immediate() const override { return true; }
  std::shared_ptr<const Executable> compile(const Program& program,
                                            const CompileOptions& options) const override {
    return cpu::compile(program, options);
  }
  Block allocate(std::size_t bytes) const override {
    const auto memory = std::make_shared<Memory>(bytes);
    return Block(std::shared_ptr<std::byte>(memory, memory->data()));
  }
  Mirror mirror(std::size_t bytes) const override {
    const Block block = allocate(bytes);
    return {block, block};
  }
  std::unique_ptr<Queue> queue(Urgency) const override { return std::make_unique<CpuQueue>(); }

 private:
  std::string name_ = "cpu";
};

}  // namespace

Backend backend() {
  return {"cpu", [](const std::string& which, Arithmetic) -> std::shared_ptr<const Device> {
            if (!which.empty())
              fail(Fault::usage, "--device cpu:{}: there is one CPU; use --device cpu", which);
            static const auto device = std::make_shared<const CpuDevice>();
            return device;
          }};
}

}  // namespace ganflow::cpu
