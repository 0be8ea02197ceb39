#include "engine/cuda/driver/device.h"

#include <charconv>
#include <map>
#include <mutex>

#include "engine/cuda/driver/executable.h"
#include "engine/cuda/driver/memory.h"
#include "engine/cuda/driver/queue.h"
#include "engine/cuda/stored.h"
#include "engine/error.h"

namespace ganflow::cuda {
namespace {

class CudaDevice final : public Device {
 public:
  CudaDevice(const Driver& driver, const Nvrtc& nvrtc, const Cudnn& (*cudnn)(), int number,
             const std::filesystem::path& cache, Arithmetic arithmetic)
      : context_(std::make_shared<const Context>(driver, number)),
        jit_(nvrtc, cache),
        convolutions_(std::make_shared<Convolutions>(
            context_, cudnn,
            arithmetic == Arithmetic::usual ? ConvolutionMath::tf32 : ConvolutionMath::fp32)) {}

  const std::string& name() const override { return context_->name(); }
  std::string instructions() const override {
    const std::string convolutions = convolutions_->identity();
    return fmt::format("sm_{}{}{}", context_->architecture(), convolutions.empty() ? "" : ", ",
                       convolutions);
  }
  bool immediate() const override { return false; }
  // A launch takes the host as long as several short kernels take the GPU.
  int programs_per_launch() const override { return 8; }
  // One that runs, one that waits behind it, one whose rows are on their way.
  int trips_in_flight() const override { return 3; }
  // A quarter of its memory, of which the rest is for the networks.
  std::size_t resident_bytes() const override { return total_memory(*context_) / 4; }
  std::shared_ptr<const Executable> compile(const Program& program,
                                            const CompileOptions& options) const override {
    return cuda::compile(context_, jit_, convolutions_, program, options);
  }
  std::vector<int> stored_axes(const Shape& of_variable) const override {
    return cuda::stored_axes(of_variable);
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
  std::shared_ptr<Convolutions> convolutions_;
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

std::shared_ptr<const Device> make_device(const Driver& driver, const Nvrtc& nvrtc,
                                          const Cudnn& (*cudnn)(), int number,
                                          const std::filesystem::path& cache,
                                          Arithmetic arithmetic) {
  return std::make_shared<const CudaDevice>(driver, nvrtc, cudnn, number, cache, arithmetic);
}

Backend backend() {
  return {"cuda", [](const std::string& which, Arithmetic arithmetic) {
            static std::mutex mutex;
            // As long as the process.
            static std::map<std::pair<int, Arithmetic>, std::shared_ptr<const Device>> open;
            const int number = number_of(which);
            const std::lock_guard lock(mutex);
            std::shared_ptr<const Device>& device = open[{number, arithmetic}];
            if (!device) {
              const Driver& table = driver();
              device = make_device(table, nvrtc(version_of(table)), &cudnn, number, cache_folder(),
                                   arithmetic);
            }
            return device;
          }};
}

}  // namespace ganflow::cuda
