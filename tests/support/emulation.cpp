#include "support/emulation.h"

#include <dlfcn.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <stdexcept>

#include "engine/cuda/texts.h"
#include "engine/kernels/check.h"

namespace ganflow::test {
namespace {

namespace fs = std::filesystem;

std::string contents(const fs::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

using Function = void (*)(unsigned grid, unsigned replicas, bool reverse, const void* arguments);

struct Call {
  Function function = nullptr;
  unsigned grid = 0;
  std::vector<void*> arguments;  // block.h's Arguments: pointers, then strides
  // A library's.
  const Node* node = nullptr;
  std::vector<TensorType> types;
  std::vector<const void*> inputs;
  void* output = nullptr;
  std::byte* workspace = nullptr;  // overwritten, as the library would
  std::size_t workspace_bytes = 0;
};

class EmulatedPrepared final : public Prepared {
 public:
  EmulatedPrepared(std::vector<Call> calls, bool reversed, const DrawClock* clock)
      : calls_(std::move(calls)), reversed_(reversed), clock_(clock) {}
  void enqueue(Queue&) noexcept override {
    for (const Call& call : calls_) {
      std::fill_n(call.workspace, call.workspace_bytes, std::byte{0xff});
      if (call.function)
        call.function(call.grid, 1, reversed_, call.arguments.data());
      else
        call.node->primitive->reference().f32(
            {call.node, call.types, call.inputs.data(), call.output, clock_});
    }
  }

 private:
  std::vector<Call> calls_;
  bool reversed_;
  const DrawClock* clock_;
};

}  // namespace

EmulatedText::EmulatedText(std::span<const cuda::Source* const> sources,
                           const std::string& options) {
  std::string pattern = (fs::temp_directory_path() / "ganflow-emulation-XXXXXX").string();
  if (!mkdtemp(pattern.data())) throw std::runtime_error("no temporary folder");
  const fs::path folder = pattern;
  for (const cuda::HeaderText& header : cuda::header_texts()) {
    fs::create_directories((folder / header.name).parent_path());
    std::ofstream(folder / header.name) << header.text;
  }
  std::string files;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const std::string name = fmt::format("s{}", i);
    std::ofstream file(folder / (name + ".cpp"));
    // Kernels of one name in several sources.
    for (const std::string& kernel : sources[i]->kernels)
      file << fmt::format("#define {0} {1}_{0}\n", kernel, name);
    file << sources[i]->text;
    files += " " + name + ".cpp";
  }
  const std::string command = fmt::format(
      "cd '{}' && c++ -std=c++20 -shared -fPIC -march=native -ffp-contract=off -fno-math-errno "
      "-Wall -Wextra -Werror -Wno-unknown-pragmas -Wno-unused-function -I. {} {} -o text.so 2>log",
      folder.string(), options, files);
  const bool built = std::system(command.c_str()) == 0;
  const std::string log = contents(folder / "log");
  if (built) library_ = dlopen((folder / "text.so").c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!std::getenv("GANFLOW_KEEP_TEXT")) fs::remove_all(folder);
  if (!library_) throw std::runtime_error("the text does not compile:\n" + log.substr(0, 3000));
}

EmulatedText::~EmulatedText() {
  if (library_) dlclose(library_);
}

void* EmulatedText::function(std::size_t source, const std::string& kernel) const {
  void* found = dlsym(library_, fmt::format("s{}_{}", source, kernel).c_str());
  if (!found) throw std::logic_error("the text has no kernel " + kernel);
  return found;
}

Emulated::Emulated(cuda::Source source, const std::string& options) : source_(std::move(source)) {
  const cuda::Source* one[] = {&source_};
  text_ = std::make_unique<EmulatedText>(one, options);
  report_ = source_.report;
}

std::unique_ptr<Prepared> Emulated::prepare(const Bindings& bindings) const {
  std::vector<Call> calls;
  const auto at = [&](const kernels::Place& place) {
    std::byte* found = address(place, bindings, source_.constants.data());
    if (!found) throw std::logic_error("a launch has a place that is nowhere");
    return found;
  };
  std::vector<std::size_t> all = order;
  if (all.empty())
    for (std::size_t l = 0; l < source_.launches.list.size(); ++l) all.push_back(l);
  for (const std::size_t l : all) {
    const kernels::Launch& launch = source_.launches.list[l];
    const cuda::KernelLaunch& kernel = source_.kernel_launches[l];
    Call call;
    if (!kernel.kernel.empty()) {
      call.function = reinterpret_cast<Function>(text_->function(0, kernel.kernel));
      call.grid = kernel.grid;
      for (const kernels::Place& place : kernel.pointers) call.arguments.push_back(at(place));
      call.arguments.resize(2 * std::max<std::size_t>(1, kernel.pointers.size()));
    } else {
      call.node = &source_.program.nodes[launch.node];
      call.types = input_types(source_.program, *call.node);
      for (const kernels::Place& place : launch.inputs) call.inputs.push_back(at(place));
      call.output = at(launch.output);
      if (kernel.pointers.size() > 3) {
        call.workspace = at(kernel.pointers[3]);
        call.workspace_bytes = launch.writes.back().bytes;
      }
    }
    calls.push_back(std::move(call));
  }
  return std::make_unique<EmulatedPrepared>(std::move(calls), reversed, bindings.clock);
}

std::vector<std::size_t> random_order(const kernels::Launches& launches, std::uint64_t seed) {
  const std::size_t n = launches.list.size();
  std::vector<std::vector<std::size_t>> later(n);
  std::vector<std::size_t> waiting(n), ready, order;
  for (const kernels::Hazard& h : kernels::hazards(launches)) {
    later[h.earlier].push_back(h.later);
    ++waiting[h.later];
  }
  for (std::size_t i = 0; i < n; ++i)
    if (waiting[i] == 0) ready.push_back(i);
  std::mt19937_64 random(seed);
  while (!ready.empty()) {
    std::swap(ready[random() % ready.size()], ready.back());
    order.push_back(ready.back());
    ready.pop_back();
    for (const std::size_t i : later[order.back()])
      if (--waiting[i] == 0) ready.push_back(i);
  }
  return order;
}

}  // namespace ganflow::test
