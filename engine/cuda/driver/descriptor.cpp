#include "engine/cuda/driver/descriptor.h"

#include <algorithm>
#include <utility>

#include "engine/error.h"

namespace ganflow::cuda {

std::string cudnn_version(const Cudnn& cudnn) {
  const std::size_t version = cudnn.cudnnGetVersion();
  return fmt::format("{}.{}", version / 10000, version % 10000 / 100);
}

std::string cudnn_failure(const Cudnn& cudnn, cudnnStatus_t status) {
  char text[512] = {};
  cudnn.cudnnGetLastErrorString(text, sizeof text);
  std::string last = text;
  std::replace(last.begin(), last.end(), '\n', ' ');
  return fmt::format("cuDNN {} ({}{}{})", cudnn_version(cudnn), cudnn.cudnnGetErrorString(status),
                     last.empty() ? "" : ": ", last);
}

void check(const Cudnn& cudnn, cudnnStatus_t status, const std::string& doing) {
  if (status != CUDNN_STATUS_SUCCESS)
    fail(Fault::usage, "--device cuda: {} failed: {}; use --device cpu", doing,
         cudnn_failure(cudnn, status));
}

Descriptor::Descriptor(const Cudnn& cudnn, cudnnBackendDescriptorType_t type) : cudnn_(cudnn) {
  check(cudnn_, cudnn_.cudnnBackendCreateDescriptor(type, &handle_), "planning a convolution");
}

Descriptor::~Descriptor() {
  if (handle_) cudnn_.cudnnBackendDestroyDescriptor(handle_);
}

Descriptor::Descriptor(Descriptor&& other) noexcept
    : cudnn_(other.cudnn_), handle_(std::exchange(other.handle_, nullptr)) {}

void Descriptor::set(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type,
                     std::int64_t count, const void* values) {
  check(cudnn_, cudnn_.cudnnBackendSetAttribute(handle_, name, type, count, values),
        "planning a convolution");
}

bool Descriptor::finalized() {
  return cudnn_.cudnnBackendFinalize(handle_) == CUDNN_STATUS_SUCCESS;
}

void Descriptor::finalize() {
  check(cudnn_, cudnn_.cudnnBackendFinalize(handle_), "planning a convolution");
}

std::int64_t Descriptor::count(cudnnBackendAttributeName_t name,
                               cudnnBackendAttributeType_t type) const {
  return get(name, type, 0, nullptr);
}

std::int64_t Descriptor::get(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type,
                             std::int64_t most, void* values) const {
  std::int64_t count = 0;
  check(cudnn_, cudnn_.cudnnBackendGetAttribute(handle_, name, type, most, &count, values),
        "planning a convolution");
  return most == 0 ? count : std::min(count, most);
}

std::size_t Descriptor::get(cudnnBackendAttributeName_t name, std::span<Descriptor> parts) const {
  std::vector<cudnnBackendDescriptor_t> handles;
  for (const Descriptor& part : parts) handles.push_back(part.handle_);
  return static_cast<std::size_t>(get(name, CUDNN_TYPE_BACKEND_DESCRIPTOR,
                                      static_cast<std::int64_t>(handles.size()), handles.data()));
}

}  // namespace ganflow::cuda
