#include "engine/cpu/table.h"

#include <mutex>
#include <shared_mutex>

#include "engine/cpu/loops.h"
#include "engine/program/affine.h"
#include "engine/program/formulas/linear.h"
#include "engine/program/leaves.h"

namespace ganflow::cpu {
namespace {

template <class F>
PrimitiveKernels elementwise() {
  return {.loop = formula_loop<F>(), .recorded = recorded<F>()};
}

struct Table {
  std::shared_mutex mutex;
  TableOfKernels entries = operator_kernels();
  Table() {
    entries[&affine_primitive()] = elementwise<formulas::Affine>();
    entries[&add_primitive()] = elementwise<formulas::Add>();
    entries[&stop_primitive()] = elementwise<formulas::Identity>();
  }
};

Table& table() {
  static Table table;  // made by the first who asks
  return table;
}

}  // namespace

void register_kernels(const Primitive& primitive, const PrimitiveKernels& kernels) {
  const std::unique_lock lock(table().mutex);
  table().entries[&primitive] = kernels;
}

PrimitiveKernels kernels_of(const Primitive& primitive) {
  const std::shared_lock lock(table().mutex);
  const auto found = table().entries.find(&primitive);
  return found == table().entries.end() ? PrimitiveKernels{} : found->second;
}

}  // namespace ganflow::cpu
