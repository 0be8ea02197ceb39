#include "engine/device/executable.h"

namespace ganflow {

Program rewrite_for(const Program& program, RewriteOptions options, const kernels::Target& target) {
  options.images = target.images;
  options.stacking.guard_critical_path &= target.guard_critical_path;
  return rewrite(program, options);
}

}  // namespace ganflow
