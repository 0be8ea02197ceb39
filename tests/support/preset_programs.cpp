#include "support/preset_programs.h"

#include <cmath>
#include <set>

#include "engine/tensor/philox.h"
#include "graphs/presets.h"
#include "support/compiled.h"
#include "support/image_files.h"
#include "support/named_graph.h"

namespace ganflow::test {
namespace {

// The CPU, that keeps what it is given to compile.
class Recorder final : public Device {
 public:
  const std::string& name() const override { return cpu_->name(); }
  bool immediate() const override { return true; }
  std::shared_ptr<const Executable> compile(const Program& program,
                                            const CompileOptions& options) const override {
    programs.push_back(program);
    return cpu_->compile(program, options);
  }
  Block allocate(std::size_t bytes) const override { return cpu_->allocate(bytes); }
  Mirror mirror(std::size_t bytes) const override { return cpu_->mirror(bytes); }
  std::unique_ptr<Queue> queue(Urgency urgency) const override { return cpu_->queue(urgency); }
  mutable std::vector<Program> programs;

 private:
  std::shared_ptr<const Device> cpu_ = open_device("cpu");
};

// The preset with networks as small as its options allow.
GraphSettings small(const std::string& preset) {
  GraphSettings settings{.batch = 4};
  if (preset.starts_with("toy"))
    settings.values = {{"generator", "16x16"}, {"critic", "16x16"}};
  else if (!preset.starts_with("thesis"))
    settings.values = {{"width", "4"}};
  if (preset.starts_with("thesis-mnist") || preset.ends_with("-mnist") ||
      preset.find("-mnist-") != std::string::npos)
    settings.data = "spheres";
  else if (!preset.starts_with("thesis") && !preset.starts_with("toy"))
    settings.data = cifar_data();
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

std::vector<PresetProgram> preset_programs() {
  std::set<std::uint64_t> seen;
  std::vector<PresetProgram> all;
  for (const NamedGraph& preset : presets()) {
    Recorder recorder;
    ProgramCache cache;
    const LoweredReplica replica =
        lower(*composed(preset.name, small(preset.name)), 1, cache, recorder);
    for (const Program& program : recorder.programs)
      if (seen.insert(program.hash()).second)
        all.push_back({preset.name, program, inputs_of(program, replica)});
  }
  return all;
}

}  // namespace ganflow::test
