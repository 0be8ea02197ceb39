#include "ops/sources/noise.h"

#include "engine/error.h"
#include "engine/program/affine.h"
#include "ops/checks.h"
#include "ops/primitives/random.h"

namespace ganflow {
namespace {

Value latent(Formula& f, RandomKind kind, Extent dim, Extent times) {
  require_in(f, "dim", static_cast<double>(dim), at_least(1));
  require_in(f, "times", static_cast<double>(times), at_least(1));
  return random(f.builder(), kind, {times * f.batch(), dim}, f.stream("z"));
}

}  // namespace

Value Uniform::operator()(Formula& f) const {
  require_in(f, "lo", lo, any_number());
  require_in(f, "hi", hi, any_number());
  if (!(lo < hi))
    formula_error(f.builder(), fmt::format("lo is {} and hi is {}, lo must be below hi", lo, hi));
  return affine(latent(f, RandomKind::uniform, dim, times), hi - lo, lo);
}

Value Normal::operator()(Formula& f) const { return latent(f, RandomKind::normal, dim, times); }

}  // namespace ganflow
