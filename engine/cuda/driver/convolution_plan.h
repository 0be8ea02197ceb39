// How cuDNN computes a convolution: the first plan its heuristics offer that gives equal bits every
// time. Planned for the card of a handle, or for one that is only described, which needs neither a
// GPU nor a driver.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "engine/cuda/convolution.h"
#include "engine/cuda/driver/descriptor.h"

namespace ganflow::cuda {

// What a convolution may round its operands to before it multiplies; sums are always float32.
enum class ConvolutionMath {
  tf32,  // 10 bits behind the point where the card has such units; float32 where it has none
  fp32,  // not at all
};

struct CudnnCard {
  cudnnHandle_t handle = nullptr;
  std::string description;  // without a handle: its properties as cuDNN's JSON
};

class ConvolutionPlan {
 public:
  // Throws Error(usage): there is no plan whose bits are equal every time.
  ConvolutionPlan(const Cudnn& cudnn, const CudnnCard& card, const Convolution& convolution,
                  ConvolutionMath math);

  std::size_t workspace_bytes() const { return workspace_bytes_; }
  std::int64_t engine() const { return engine_; }  // cuDNN's number of it
  std::string json() const;                        // the whole plan, as cuDNN reads it back

  // Enqueues it on the handle's stream. Operands in the order of the convolution's node: x and k,
  // y and k, x and y. Throws Error(usage).
  void execute(cudnnHandle_t handle, std::byte* first, std::byte* second, std::byte* result,
               std::byte* workspace) const;

 private:
  // From what a mode of the heuristics offers; false: nothing of it is acceptable.
  bool choose(const Descriptor& graph, cudnnHandle_t handle, const Descriptor* described,
              cudnnBackendHeurMode_t mode, ConvolutionMath math);
  Descriptor& make(cudnnBackendDescriptorType_t type);

  const Cudnn& cudnn_;
  Convolution convolution_;
  std::vector<Descriptor> parts_;   // that the plan is made of
  std::vector<Descriptor> chosen_;  // the plan's engine configuration, then the plan
  std::size_t workspace_bytes_ = 0;
  std::int64_t engine_ = -1;
};

}  // namespace ganflow::cuda
