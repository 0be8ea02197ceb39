#include "engine/cuda/driver/device.h"

#include <charconv>
#include <map>
#include <mutex>

#include "engine/cuda/driver/executable.h"
#include "engine/cuda/driver/memory.h"
#include "engine/cuda/driver/queue.h"
#include "engine/error.h"

namespace ganflow::cuda {
namespace {

class CudaDevice final : public Device {
 public:
  CudaDevice(const Driver& driver, const Nvrtc& nvrtc, int number,
             const std::filesystem::path& cache)
      : context_(std::make_shared<const Context>(driver, number)), jit_(nvrtc, cache) {}

  const std::string& name() const override { return context_->name(); }
  bool immediate() const override { return false; }
  // A launch takes the host as long as several short kernels take the GPU.
  int programs_per_launch() const override { return 8; }
  std::shared_ptr<const Executable> compile(const Program& program,
                                            const CompileOptions& options) const override {
    return cuda::compile(context_, jit_, program, options);
  }
  Block allocate(std::size_t bytes) const override { return device_block(context_, bytes); }
  Mirror mirror(std::size_t bytes) const override {
    return {device_block(context_, bytes), pinned_block(context_, bytes)};
  }
  std::unique_ptr<Queue> queue(Urgency urgency) const override {
    return std::make_unique<StreamQueue>(context_, urgency);
  }
  std::string failure() const override { return context_->failure(); }

 private:
  std::shared_ptr<const Context> context_;
  Jit jit_;
};

int number_of(const std::string& which) {
  if (which.empty()) return 0;
  int number = 0;
  const char* end = which.data() + which.size();
  const auto [stop, failed] = std::from_chars(which.data(), end, number);
  if (failed != std::errc() || stop != end || number < 0)
    fail(Fault::usage, "--device cuda:{}: '{}' is no number of a GPU, they count from 0", which,
         which);
  return number;
}

}  // namespace

std::shared_ptr<const Device> make_device(const Driver& driver, const Nvrtc& nvrtc, int number,
                                          const std::filesystem::path& cache) {
  return std::make_shared<const CudaDevice>(driver, nvrtc, number, cache);
}

Backend backend() {
  return {"cuda", [](const std::string& which) {
            static std::mutex mutex;
            static std::map<int, std::shared_ptr<const Device>> open;  // as long as the process
            const int number = number_of(which);
            const std::lock_guard lock(mutex);
            std::shared_ptr<const Device>& device = open[number];
            if (!device) {
              const Driver& table = driver();
              device = make_device(table, nvrtc(version_of(table)), number, cache_folder());
            }
            return device;
          }};
}

}  // namespace ganflow::cuda
