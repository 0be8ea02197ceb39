#include "ops/penalties/measures.h"

#include <fmt/ranges.h>

#include <array>

#include "engine/error.h"
#include "ops/primitives/arithmetic.h"
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

Measure anchored(Initializer anchor) {
  return [anchor = std::move(anchor)](Formula& f, Value, Value fake) {
    const Formula::Scope scope(f, f.node() + "/");
    const Value a = f.variable("anchor", fake.shape().without(0), Keep::state, anchor);
    return between(f, broadcast_to(a, fake.shape()), fake);
  };
}

Measure by_name(const std::string& name, const Initializer& anchor) {
  const std::array<std::pair<const char*, Measure>, 5> known{{{"interpolated", interpolated},
                                                              {"real", real},
                                                              {"fake", fake},
                                                              {"midpoint", midpoint},
                                                              {"anchored", anchored(anchor)}}};
  std::vector<std::string> names;
  for (const auto& [key, value] : known) {
    if (key == name) return value;
    names.emplace_back(key);
  }
  fail(Fault::usage, "there is no measure '{}', choose one of: {}", name, fmt::join(names, ", "));
}

}  // namespace ganflow::measure
