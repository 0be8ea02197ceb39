#include "support/preset_programs.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "engine/tensor/philox.h"
#include "graphs/papers/divergences.h"
#include "graphs/papers/theory.h"
#include "graphs/presets.h"
#include "support/compiled.h"
#include "support/image_files.h"
#include "support/named_graph.h"

namespace ganflow::test {
namespace {

// What nobody runs.
class Uncompiled final : public Executable {
  std::unique_ptr<Prepared> prepare(const Bindings&) const override { return nullptr; }
};

// Keeps what it is given to compile and compiles nothing.
class Recorder final : public Device {
 public:
  const std::string& name() const override { return cpu_->name(); }
  bool immediate() const override { return true; }
  std::shared_ptr<const Executable> compile(const Program& program,
                                            const CompileOptions&) const override {
    programs.push_back(program);
    return std::make_shared<const Uncompiled>();
  }
  Block allocate(std::size_t bytes) const override { return cpu_->allocate(bytes); }
  Mirror mirror(std::size_t bytes) const override { return cpu_->mirror(bytes); }
  std::unique_ptr<Queue> queue(Urgency urgency) const override { return cpu_->queue(urgency); }
  mutable std::vector<Program> programs;

 private:
  std::shared_ptr<const Device> cpu_ = open_device("cpu");
};

GraphSettings settings_of(const std::string& preset, PresetSize size) {
  GraphSettings settings;
  if (size == PresetSize::small) settings.batch = 4;
  for (const std::vector<NamedGraph>& own : {theory_presets(), divergence_presets()})
    if (std::ranges::count(own, preset, &NamedGraph::name)) return settings;  // small as they are
  if (size == PresetSize::shipped) {
  } else if (preset.starts_with("toy"))
    settings.values = {{"generator", "16x16"}, {"critic", "16x16"}};
  else if (!preset.starts_with("thesis"))
    settings.values = {{"width", "4"}};
  if (preset.starts_with("thesis-mnist") || preset.ends_with("-mnist") ||
      preset.find("-mnist-") != std::string::npos)
    settings.data = "spheres";
  else if (!preset.starts_with("thesis") && !preset.starts_with("toy"))
    settings.data = cifar_data();
  if (preset.starts_with("smooth-celeba")) settings.values["size"] = "64";
  return settings;
}

Tensors inputs_of(const Program& program, const LoweredReplica& replica) {
  Tensors tensors = random_inputs(program, 5);
  for (const Slot& slot : program.inputs)
    for (double& value : tensors.at(slot.name)) value = std::abs(value);
  for (const VariableInfo& variable : replica.variables)
    if (const auto found = tensors.find(variable.name); found != tensors.end()) {
      variable.initializer(replica.seed, stream_id(variable.name), found->second);
      for (double& value : found->second) value = static_cast<float>(value);
    }
  return tensors;
}

}  // namespace

std::vector<PresetProgram> preset_programs(PresetSize size, const std::vector<std::string>& names) {
  std::set<std::uint64_t> seen;
  std::vector<PresetProgram> all;
  for (const NamedGraph& preset : presets()) {
    if (!names.empty() && !std::ranges::count(names, preset.name)) continue;
    Recorder recorder;
    ProgramCache cache;
    const LoweredReplica replica =
        lower(*composed(preset.name, settings_of(preset.name, size)), 1, cache, recorder);
    for (const Program& program : recorder.programs)
      if (seen.insert(program.hash()).second)
        all.push_back({preset.name, program, inputs_of(program, replica)});
  }
  return all;
}

}  // namespace ganflow::test
