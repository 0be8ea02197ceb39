// A program's text for a GPU, compiled by the host's compiler and run launch by launch: the
// kernels' very text is tested where there is no GPU. What a library computes on a GPU runs by the
// reference.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "engine/cuda/source.h"

namespace ganflow::test {

// The text of several sources as one shared object in a folder of its own, removed with it. Throws
// std::runtime_error with what the compiler says; a warning is an error.
class EmulatedText {
 public:
  explicit EmulatedText(std::span<const cuda::Source* const> sources,
                        const std::string& options = "-O1");
  ~EmulatedText();
  EmulatedText(const EmulatedText&) = delete;
  // A kernel of source i.
  void* function(std::size_t source, const std::string& kernel) const;

 private:
  void* library_ = nullptr;
};

class Emulated final : public Executable {
 public:
  // Of one source alone.
  explicit Emulated(cuda::Source source, const std::string& options = "-O1");
  std::unique_ptr<Prepared> prepare(const Bindings& bindings) const override;
  const cuda::Source& source() const { return source_; }

  // Of what is prepared from now on: which launches and their order (empty: all, as listed), and
  // whether blocks and threads run from the last to the first.
  std::vector<std::size_t> order;
  bool reversed = false;

 private:
  cuda::Source source_;
  std::unique_ptr<EmulatedText> text_;
};

// A random order of the launches that their hazards allow.
std::vector<std::size_t> random_order(const kernels::Launches& launches, std::uint64_t seed);

}  // namespace ganflow::test
