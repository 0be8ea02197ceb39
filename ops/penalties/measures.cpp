#include "ops/penalties/measures.h"

#include "ops/primitives/arithmetic.h"
#include "ops/primitives/math.h"
#include "ops/primitives/random.h"
#include "ops/primitives/reduce.h"

namespace ganflow::measure {
namespace {

// b + a (from - b) with one a ~ U(0,1) per row.
Value between(Formula& f, Value from, Value b) {
  const Value a = random(f.builder(), RandomKind::uniform, {b.rows()}, f.stream("alpha"));
  return b + broadcast_rows(a, b) * (from - b);
}

}  // namespace

Value interpolated(Formula& f, Value real, Value fake) { return between(f, real, fake); }

Value real(Formula&, Value real, Value) { return real; }

Value fake(Formula&, Value, Value fake) { return fake; }

Value midpoint(Formula&, Value real, Value fake) { return (real + fake) * 0.5; }

Value dragan(Formula& f, Value real, Value) {
  const Value deviation = sqrt(mean(square(real - mean(real))));
  const Value u = random(f.builder(), RandomKind::uniform, real.shape(), f.stream("u"));
  return real + deviation * u * 0.5;
}

Measure anchored(Initializer anchor) {
  return [anchor = std::move(anchor)](Formula& f, Value, Value fake) {
    const Formula::Scope scope(f, f.node() + "/");
    const Value a = f.variable("anchor", fake.shape().without(0), Keep::state, anchor);
    return between(f, broadcast_to(a, fake.shape()), fake);
  };
}

std::vector<std::pair<std::string, Measure>> all(const Initializer& anchor) {
  return {{"interpolated", interpolated}, {"real", real},     {"fake", fake},
          {"midpoint", midpoint},         {"dragan", dragan}, {"anchored", anchored(anchor)}};
}

}  // namespace ganflow::measure
