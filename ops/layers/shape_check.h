// Sentences of formulas about shapes: who, the rule with both numbers, both shapes with their axes.
#pragma once

#include <string>

#include "engine/program/value.h"

namespace ganflow {

// Throws Fault::usage: "critic_real (Forward): <sentence>", the operator being traced in front.
[[noreturn]] void formula_error(const Builder& builder, const std::string& sentence);

// The layer that owns a Variable: "D/0" for "D/0/w".
std::string layer_of(Value variable);

// x (N,I) against w (I,O).
void require_features(const char* layer, Value x, Value w);

// Two values that must be alike, named as the user knows them: "real", "fake".
void require_equal_shapes(const char* a_name, Value a, const char* b_name, Value b);

}  // namespace ganflow
