// A descriptor of cuDNN's graph interface: attributes are set, then it is finalised, then it may be
// part of another one or be asked.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/cuda/driver/libraries.h"

namespace ganflow::cuda {

std::string cudnn_version(const Cudnn& cudnn);  // "9.19"

// "cuDNN 9.19 (CUDNN_STATUS_BAD_PARAM: its last message)": what failed and why, in one line.
std::string cudnn_failure(const Cudnn& cudnn, cudnnStatus_t status);

// Throws Error(usage) "--device cuda: `doing` failed: cuDNN ...".
void check(const Cudnn& cudnn, cudnnStatus_t status, const std::string& doing);

class Descriptor {
 public:
  // Throws Error(usage), as set() and get().
  Descriptor(const Cudnn& cudnn, cudnnBackendDescriptorType_t type);
  ~Descriptor();
  Descriptor(Descriptor&& other) noexcept;
  Descriptor& operator=(Descriptor&&) = delete;

  template <class T>
  void set(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type,
           const std::vector<T>& values) {
    set(name, type, static_cast<std::int64_t>(values.size()), values.data());
  }
  void set(cudnnBackendAttributeName_t name, const std::vector<std::int64_t>& values) {
    set(name, CUDNN_TYPE_INT64, values);
  }
  void set(cudnnBackendAttributeName_t name, const Descriptor& part) {
    set(name, CUDNN_TYPE_BACKEND_DESCRIPTOR, std::vector{part.handle_});
  }
  // False: cuDNN has nothing of the kind for what the descriptor says.
  bool finalized();
  void finalize();  // throws Error(usage)

  std::int64_t count(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type) const;
  template <class T>
  std::vector<T> get(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type,
                     std::int64_t most) const {
    std::vector<T> values(static_cast<std::size_t>(most));
    values.resize(static_cast<std::size_t>(get(name, type, most, values.data())));
    return values;
  }
  // Fills descriptors that have been made for it; the number of those it had.
  std::size_t get(cudnnBackendAttributeName_t name, std::span<Descriptor> parts) const;

  cudnnBackendDescriptor_t handle() const { return handle_; }

 private:
  void set(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type, std::int64_t count,
           const void* values);
  std::int64_t get(cudnnBackendAttributeName_t name, cudnnBackendAttributeType_t type,
                   std::int64_t most, void* values) const;

  const Cudnn& cudnn_;
  cudnnBackendDescriptor_t handle_ = nullptr;
};

}  // namespace ganflow::cuda
