// The kernels of a program on a GPU.
#pragma once

#include <memory>
#include <string>

#include "engine/cuda/driver/context.h"

namespace ganflow::cuda {

class Module {
 public:
  // `image`: a Cubin's. Throws Error(usage).
  Module(std::shared_ptr<const Context> context, const std::string& image);
  ~Module();
  Module(const Module&) = delete;
  // Throws Error(usage).
  CUfunction function(const std::string& name) const;

 private:
  std::shared_ptr<const Context> context_;
  CUmodule module_ = nullptr;
};

}  // namespace ganflow::cuda
