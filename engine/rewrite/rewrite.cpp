#include "engine/rewrite/rewrite.h"

#include "engine/rewrite/arrange.h"
#include "engine/rewrite/simplify.h"

namespace ganflow {

Program rewrite(const Program& program, const RewriteOptions& options) {
  const Program stacked = options.stack ? stack(program, options.stacking) : simplify(program);
  return arrange(thin(stacked), options.images);
}

}  // namespace ganflow
