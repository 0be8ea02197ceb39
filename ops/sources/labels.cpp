#include "ops/sources/labels.h"

#include "ops/checks.h"
#include "ops/primitives/arithmetic.h"
#include "ops/primitives/math.h"
#include "ops/primitives/ramp.h"
#include "ops/primitives/random.h"

namespace ganflow {

Value Labels::operator()(Formula& f) const {
  if (classes < 1 || classes > 65536)
    formula_error(f.builder(), fmt::format("classes are {}, there must be 1 to 65536", classes));
  if (times < 1 || each < 1)
    formula_error(f.builder(),
                  fmt::format("times is {} and each {}, both must be at least 1", times, each));
  const auto k = static_cast<double>(classes);
  const Extent rows = times * f.batch();
  if (!f.training()) {
    // The halves keep clear of rounding.
    const Value turn = floor((ramp(f.builder(), rows) + 0.5) / static_cast<double>(each));
    return turn - k * floor((turn + 0.5) / k);
  }
  // Uniform numbers end at 1 - 2^-24; times K that rounds to less than K in float as in double.
  return floor(k * random(f.builder(), RandomKind::uniform, {rows}, f.stream("label")));
}

}  // namespace ganflow
