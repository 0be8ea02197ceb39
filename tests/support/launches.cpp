#include "support/launches.h"

#include "engine/cpu/bind.h"
#include "engine/cpu/target.h"
#include "ops/primitives/primitives.h"

namespace ganflow::test {

using namespace kernels;

namespace {

Planned planned(const Program& rewritten, const LaunchOptions& options) {
  const Classified classified(rewritten, options.target);
  const Fusion fusion = form_kernels(classified, options.fuse);
  const Plan plan = make_plan(classified, fusion, options.precision, options.planning);
  return {report(classified, fusion, plan),
          make_launches(classified, fusion, plan, options.precision)};
}

}  // namespace

Launches launches_of(const Program& rewritten, const LaunchOptions& options) {
  Launches launches = planned(rewritten, options).launches;
  cpu::bind(rewritten, launches, options.precision);
  return launches;
}

Planned planned(const Program& program, const Target& target) {
  return planned(rewrite_for(program, {}, target), LaunchOptions{.target = target});
}

Target cpu_side_by_side() {
  Target target = cpu::target();
  target.takes_epilogue = [](const Primitive&, Types, const Attributes&) { return false; };
  target.side_by_side = true;
  target.row_blocks = 4;
  return target;
}

Target side_by_side_target() {
  const auto is_matmul = [](const Primitive& primitive, Types, const Attributes&) {
    return &primitive == &matmul_primitive();
  };
  const auto is_product = [](const Primitive& primitive, Types inputs, const Attributes& a) {
    return primitive.traits(inputs, a).role == Role::product;
  };
  return {.is_product = is_product,
          .takes_epilogue = is_matmul,
          .alignment = 256,
          .side_by_side = true,
          .row_blocks = 4};
}

}  // namespace ganflow::test
