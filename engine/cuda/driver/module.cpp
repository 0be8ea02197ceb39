#include "engine/cuda/driver/module.h"

namespace ganflow::cuda {

Module::Module(std::shared_ptr<const Context> context, const std::string& image)
    : context_(std::move(context)) {
  context_->call("loading kernels", context_->driver().cuModuleLoadData, &module_,
                 static_cast<const void*>(image.data()));
  context_->check();
}

Module::~Module() { context_->release(context_->driver().cuModuleUnload, module_); }

CUfunction Module::function(const std::string& name) const {
  CUfunction found = nullptr;
  context_->call("loading kernels", context_->driver().cuModuleGetFunction, &found, module_,
                 name.c_str());
  context_->check();
  return found;
}

}  // namespace ganflow::cuda
