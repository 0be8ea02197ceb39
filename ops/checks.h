// What formulas refuse, in the user's words: who, the rule with both numbers, both shapes with
// their axes. All throw Fault::usage.
#pragma once

#include <string>

#include "engine/graph/formula.h"

namespace ganflow {

// "critic_real (Forward): <sentence>": the operator being traced stands in front.
[[noreturn]] void formula_error(const Builder& builder, const std::string& sentence);

// The layer that owns a Variable: "D/0" for "D/0/w".
std::string layer_of(Value variable);

// x (N,I) against w (I,O).
void require_features(const char* layer, Value x, Value w);

// Two values that must be alike, named as the user knows them: "real", "fake".
void require_equal_shapes(const char* a_name, Value a, const char* b_name, Value b);

// "critic_step (Adam): eps is 0, it must be above 0".
void require_in(Formula& f, const char* option, double value, const Range& range);

}  // namespace ganflow
