#include "ops/losses/boundary_equilibrium.h"

#include "ops/checks.h"
#include "ops/layers/initializers.h"
#include "ops/primitives/arithmetic.h"
#include "ops/primitives/compare.h"
#include "ops/primitives/math.h"
#include "ops/primitives/reduce.h"

namespace ganflow {

Value Reconstruction::operator()(Formula&, Value v, Value restored) const {
  require_equal_shapes("v", v, "restored", restored);
  return mean(abs(v - restored));
}

Value BoundaryEquilibrium::operator()(Formula& f, Value real, Value restored_real, Value fake,
                                      Value restored_fake) const {
  const Reconstruction loss;
  const Value of_real = loss(f, real, restored_real), of_fake = loss(f, fake, restored_fake);
  const Value k = f.variable("k", {}, Keep::state, init::constant(0));
  const Value gap =
      f.scalar("gamma", gamma, between(0, 1), "L(G) over L(x) at the end") * of_real - of_fake;
  const Value moved = k + f.scalar("rate", rate, at_least(0), "of k") * gap;
  f.assign(k, 1.0 - positive(1.0 - positive(moved)));
  f.tap("k", k, {.description = "weight of the fakes' restoration"});
  f.tap("convergence", of_real + abs(gap), {.description = "BEGAN's measure of convergence"});
  return of_real - k * of_fake;
}

}  // namespace ganflow
