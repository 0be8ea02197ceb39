#include "ops/sources/noise.h"

#include "engine/error.h"
#include "engine/program/affine.h"
#include "ops/checks.h"
#include "ops/primitives/random.h"

namespace ganflow {
namespace {

Value latent(Formula& f, RandomKind kind, Extent dim, Extent times) {
  if (dim < 1) formula_error(f.builder(), fmt::format("dim is {}, it must be at least 1", dim));
  if (times < 1)
    formula_error(f.builder(), fmt::format("times is {}, it must be at least 1", times));
  return random(f.builder(), kind, {times * f.batch(), dim}, f.stream("z"));
}

}  // namespace

Value Uniform::operator()(Formula& f) const {
  if (!(lo < hi))
    formula_error(f.builder(), fmt::format("lo is {} and hi is {}, lo must be below hi", lo, hi));
  return affine(latent(f, RandomKind::uniform, dim, times), hi - lo, lo);
}

Value Normal::operator()(Formula& f) const { return latent(f, RandomKind::normal, dim, times); }

}  // namespace ganflow
