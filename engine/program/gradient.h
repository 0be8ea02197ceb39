// Differentiation of programs: the derivative is more nodes of the same program, so it nests.
#pragma once

#include <span>
#include <vector>

#include "engine/program/value.h"

namespace ganflow {

// d(sum(y * seed)) / d wrt[i], in the same program, so that it can be differentiated again.
// `seed` has y's shape and defaults to ones. wrt may be intermediate values; one that y does not
// depend on yields zeros of its shape.
std::vector<Value> gradient(Value y, std::span<const Value> wrt, Value seed = {});
Value gradient(Value y, Value wrt, Value seed = {});

// Forward mode: the tangent of y when each from[i] moves by tangents[i]; zeros if nothing reaches
// y.
Value jvp(Value y, std::span<const Value> from, std::span<const Value> tangents);

}  // namespace ganflow
