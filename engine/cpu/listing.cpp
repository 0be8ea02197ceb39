#include "engine/cpu/listing.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/program/tiled.h"

namespace ganflow::cpu {
namespace {

std::string place_name(const Units& units, const Place& place) {
  const Program& program = *units.program;
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
    case Space::none:
      break;
  }
  return "-";
}

std::string kernel_line(const Units& units, const FusedKernel& kernel, const Plan& plan) {
  std::vector<std::string> names, stores;
  for (const Member& m : kernel.members) {
    const Node& node = units.node(m.id);
    names.emplace_back(units.part[m.id] == Part::load ? "load" : node.primitive->name());
  }
  for (const ValueId id : kernel.stores)
    stores.push_back(
        fmt::format("%{} {} {}", id, units.shape(id).str(), place_name(units, plan.places[id])));
  constexpr const char* kModes[] = {"", " by rows", " by columns", " to one"};
  const Node& first = units.node(kernel.members[0].id);
  return fmt::format("{:3} {}{} {}: {} -> {}", kernel.level, kernel.domain.str(),
                     kModes[static_cast<int>(kernel.mode)], units.program->origins[first.origin],
                     fmt::join(names, " "), fmt::join(stores, ", "));
}

}  // namespace

Report report(const Units& units, const Fusion& fusion, const Plan& plan, Precision precision) {
  Report report;
  report.kernels = static_cast<int>(fusion.kernels.size());
  report.depth = fusion.depth;
  report.copies = plan.copies;
  for (const Step& step : plan.steps) {
    if (step.kernel < 0) {
      report.listing += fmt::format("    {} copy: {} -> {}\n", step.type.shape.str(),
                                    place_name(units, step.from), place_name(units, step.to));
      continue;
    }
    const FusedKernel& kernel = fusion.kernels[static_cast<std::size_t>(step.kernel)];
    report.listing += kernel_line(units, kernel, plan) + '\n';
    for (const Member& m : kernel.members) {
      const Node& node = units.node(m.id);
      const auto types = input_types(*units.program, node);
      if (node.primitive->traits(types, node.attributes).role != Role::product) continue;
      ++report.products;
      if (const auto tiled = node.primitive->tiled(types, node.attributes, precision))
        report.flops += tiled->flops();
    }
  }
  return report;
}

}  // namespace ganflow::cpu
