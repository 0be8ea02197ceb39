#include "engine/rewrite/rewrite.h"

#include "engine/rewrite/arrange.h"
#include "engine/rewrite/simplify.h"

namespace ganflow {

Program rewrite(const Program& program, const RewriteOptions& options) {
  return arrange(thin(options.stack ? stack(program, options.stacking) : simplify(program)));
}

}  // namespace ganflow
