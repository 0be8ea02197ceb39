#include "support/launches.h"

#include "engine/cpu/bind.h"
#include "engine/cpu/target.h"

namespace ganflow::test {

using namespace kernels;

Launches launches_of(const Program& rewritten, const LaunchOptions& options) {
  const Classified classified(rewritten, cpu::target());
  const Fusion fusion = form_kernels(classified, options.fuse);
  const Plan plan = make_plan(classified, fusion, options.precision, options.planning);
  Launches launches = make_launches(classified, fusion, plan, options.precision);
  cpu::bind(rewritten, launches, options.precision);
  return launches;
}

}  // namespace ganflow::test
