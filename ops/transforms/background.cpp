#include "ops/transforms/background.h"

#include "ops/primitives/arithmetic.h"
#include "ops/primitives/random.h"

namespace ganflow {

Value Background::operator()(Formula& f, Value x) const {
  const Value u = random(f.builder(), RandomKind::uniform, x.shape(), f.stream("u"));
  const Value grey = f.scalar("level", level, between(0, 1), "grey level behind the images");
  const Value spread = f.scalar("noise", noise, between(0, 1), "greatest noise behind the images");
  return x + (1.0 - x) * (grey + spread * u);
}

}  // namespace ganflow
