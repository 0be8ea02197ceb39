#include "ops/techniques/adapt_augment.h"

#include "ops/checks.h"
#include "ops/layers/initializers.h"
#include "ops/primitives/arithmetic.h"
#include "ops/primitives/compare.h"
#include "ops/primitives/math.h"
#include "ops/primitives/reduce.h"

namespace ganflow {
namespace {

Value number(Formula& f, const std::string& memory, const char* name) {
  const Formula::Scope scope(f, memory + "/");
  return f.variable(name, {}, Keep::state, init::constant(0));
}

}  // namespace

Value augment_probability(Formula& f, const std::string& memory) { return number(f, memory, "p"); }

Value AdaptAugment::operator()(Formula& f, Value d_real) const {
  require_in(f, "target", target, {.least = -1, .most = 1, .open_least = true, .open_most = true});
  require_in(f, "images", double(images), at_least(1));
  require_in(f, "interval", double(interval), at_least(1));
  const Value p = augment_probability(f, memory);
  const Value sum = number(f, memory, "sum"), steps = number(f, memory, "steps");
  const Value r = mean(sign(d_real));
  const Value all = sum + r, count = steps + 1.0;
  const Value due = greater_equal(count, double(interval));
  const double change = double(interval * d_real.rows()) / double(images);
  const Value moved = positive(p + sign(all / double(interval) - target) * change);
  f.assign(p, select(due, moved, p));
  f.assign(sum, select(due, 0.0, all));
  f.assign(steps, select(due, 0.0, count));
  f.tap("p", p, {.description = "probability of a transform of the augmentation"});
  f.tap("r", r, {.description = "mean sign of the critic's score of real images"});
  return p;
}

}  // namespace ganflow
