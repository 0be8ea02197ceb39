#include "engine/graph/lowered.h"

namespace ganflow {

std::vector<std::string> tap_columns(const std::string& name, Extent elements) {
  if (elements == 1) return {name};
  return {name + ".p05", name + ".p50", name + ".p95"};
}

}  // namespace ganflow
