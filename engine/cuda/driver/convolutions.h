// The convolutions of one GPU: cuDNN is opened at the first, each is planned once.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "engine/cuda/driver/context.h"
#include "engine/cuda/driver/convolution_plan.h"

namespace ganflow::cuda {

// From any thread.
class Convolutions {
 public:
  // `open` throws Error(usage) where there is no cuDNN.
  Convolutions(std::shared_ptr<const Context> context, const Cudnn& (*open)(),
               ConvolutionMath math);
  ~Convolutions();
  Convolutions(const Convolutions&) = delete;

  // Throws Error(usage).
  std::shared_ptr<const ConvolutionPlan> plan(const Convolution& convolution);
  // On a stream. Pointers: two operands, the result, a workspace if the plan wants one. Throws
  // Error(usage).
  void enqueue(const ConvolutionPlan& plan, const std::vector<std::byte*>& pointers,
               CUstream stream);

  // What the bits of convolutions depend on: "cuDNN 9.19, 14 plans 5f0c93a2"; empty: there are
  // none. The number stands for all that has been planned, whatever the order.
  std::string identity();

 private:
  void open();

  std::shared_ptr<const Context> context_;
  const Cudnn& (*open_)();
  ConvolutionMath math_;
  std::mutex mutex_;
  const Cudnn* cudnn_ = nullptr;
  cudnnHandle_t handle_ = nullptr;
  std::map<Convolution, std::shared_ptr<const ConvolutionPlan>> plans_;
};

}  // namespace ganflow::cuda
