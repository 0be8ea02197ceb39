// How the type of an operator is called in sentences and drawings.
#pragma once

#include <string>

namespace ganflow::detail {

// "GradientPenalty" of ganflow::GradientPenalty; lambdas and templates are "formula".
std::string type_name(const char* pretty_function);
template <class T>
std::string type_name() {
  return type_name(__PRETTY_FUNCTION__);
}

}  // namespace ganflow::detail
