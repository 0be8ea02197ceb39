#include "engine/cuda/driver/convolutions.h"

#include <fmt/format.h>

#include "engine/tensor/philox.h"

namespace ganflow::cuda {
namespace {

CUresult destroy(const Cudnn* cudnn, cudnnHandle_t handle) {
  cudnn->cudnnDestroy(handle);
  return CUDA_SUCCESS;  // nothing follows from it
}

}  // namespace

Convolutions::Convolutions(std::shared_ptr<const Context> context, const Cudnn& (*open)(),
                           ConvolutionMath math)
    : context_(std::move(context)), open_(open), math_(math) {}

Convolutions::~Convolutions() {
  plans_.clear();
  if (handle_) context_->release(&destroy, cudnn_, handle_);
}

// With mutex_ held. A handle belongs to the context that is current when it is made.
void Convolutions::open() {
  context_->enter();
  context_->check();
  if (handle_) return;
  cudnn_ = &open_();
  check(*cudnn_, cudnn_->cudnnCreate(&handle_), "beginning with cuDNN");
}

std::shared_ptr<const ConvolutionPlan> Convolutions::plan(const Convolution& convolution) {
  const std::lock_guard lock(mutex_);
  if (const auto made = plans_.find(convolution); made != plans_.end()) return made->second;
  open();
  const CudnnCard card{.handle = handle_};
  auto plan = std::make_shared<const ConvolutionPlan>(*cudnn_, card, convolution, math_);
  plans_.emplace(convolution, plan);
  return plan;
}

void Convolutions::enqueue(const ConvolutionPlan& plan, const std::vector<std::byte*>& pointers,
                           CUstream stream) {
  const std::lock_guard lock(mutex_);
  open();
  check(*cudnn_, cudnn_->cudnnSetStream(handle_, stream), "beginning with cuDNN");
  plan.execute(handle_, pointers[0], pointers[1], pointers[2],
               pointers.size() > 3 ? pointers[3] : nullptr);
}

std::string Convolutions::identity() {
  const std::lock_guard lock(mutex_);
  if (plans_.empty()) return {};
  std::string all;
  for (const auto& [convolution, plan] : plans_) all += describe(convolution) + plan->json();
  return fmt::format("cuDNN {}, {} plans {:08x}", cudnn_version(*cudnn_), plans_.size(),
                     stream_id(all));
}

}  // namespace ganflow::cuda
