#include "engine/kernels/report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ganflow::kernels {
namespace {

std::string place_name(const Classified& classified, const Place& place) {
  const Program& program = *classified.program;
  switch (place.space) {
    case Space::arena:
      return fmt::format("@{}", place.offset);
    case Space::constants:
      return "constant";
    case Space::input:
      return program.inputs[place.slot].name;
    case Space::variable:
      return program.variables[place.slot].name;
    case Space::output:
      return program.outputs[place.slot].name;
    case Space::scratch:
    case Space::clock:
    case Space::none:
      break;
  }
  return "-";
}

std::string kernel_line(const Classified& classified, const FusedKernel& kernel, const Plan& plan) {
  std::vector<std::string> names, stores;
  for (const Member& m : kernel.members) {
    const Node& node = classified.node(m.id);
    names.emplace_back(classified.part[m.id] == Part::load ? "load" : node.primitive->name());
  }
  for (const ValueId id : kernel.stores)
    stores.push_back(fmt::format("%{} {} {}", id, classified.shape(id).str(),
                                 place_name(classified, plan.places[id])));
  constexpr const char* kModes[] = {"", " by rows", " by columns", " to one"};
  const Node& first = classified.node(kernel.members[0].id);
  return fmt::format("{:3} {}{} {}: {} -> {}", kernel.level, kernel.domain.str(),
                     kModes[static_cast<int>(kernel.mode)],
                     classified.program->origins[first.origin], fmt::join(names, " "),
                     fmt::join(stores, ", "));
}

}  // namespace

Report report(const Classified& classified, const Fusion& fusion, const Plan& plan) {
  Report report;
  report.kernels = static_cast<int>(fusion.kernels.size());
  report.depth = fusion.depth;
  report.copies = plan.copies;
  for (const Step& step : plan.steps) {
    if (step.kernel < 0) {
      report.listing +=
          fmt::format("    {} copy: {} -> {}\n", step.type.shape.str(),
                      place_name(classified, step.from), place_name(classified, step.to));
      continue;
    }
    const FusedKernel& kernel = fusion.kernels[static_cast<std::size_t>(step.kernel)];
    report.listing += kernel_line(classified, kernel, plan) + '\n';
    for (const Member& m : kernel.members) {
      const Node& node = classified.node(m.id);
      const auto types = input_types(*classified.program, node);
      if (node.primitive->traits(types, node.attributes).role != Role::product) continue;
      ++report.products;
      report.flops += 2 * node.primitive->multiply_adds(types, node.attributes);
    }
  }
  return report;
}

}  // namespace ganflow::kernels
