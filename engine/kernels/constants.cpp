#include "engine/kernels/constants.h"

#include <fmt/format.h>

#include "engine/program/evaluate.h"
#include "engine/program/leaves.h"
#include "engine/tensor/elements.h"

namespace ganflow::kernels {

Memory constants_of(const Classified& classified, const Plan& plan, Precision precision) {
  Program program = *classified.program;
  program.outputs.clear();
  program.results.clear();
  Tensors values;
  for (const ValueId id : plan.constants) {
    const std::string name = fmt::format("{}", id);
    if (classified.node(id).primitive == &full_primitive() && !classified.dense_constant[id]) {
      values[name] = {classified.node(id).attributes.reals[0]};
    } else {
      program.outputs.push_back({name, classified.node(id).type});
      program.results.push_back({id, static_cast<std::uint32_t>(program.outputs.size() - 1)});
    }
  }
  values.merge(evaluate(without_dead_code(program), {}, {.precision = precision}));
  Memory block(plan.constant_bytes);
  for (const ValueId id : plan.constants) {
    write_elements(block.data() + plan.places[id].offset, values.at(fmt::format("{}", id)),
                   classified.node(id).type.dtype, precision);
  }
  return block;
}

}  // namespace ganflow::kernels
