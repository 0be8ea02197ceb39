#include "engine/graph/type_name.h"

#include <string_view>

namespace ganflow {

std::string detail::type_name(const char* pretty_function) {
  std::string_view text = pretty_function;  // "... [with T = ns::Name; ...]"
  const auto begin = text.find("T = ") + 4;
  text = text.substr(begin, text.find_first_of(";]", begin) - begin);
  if (text.find("lambda") != text.npos || text.find('<') != text.npos) return "formula";
  const auto colon = text.rfind(':');
  return std::string(colon == text.npos ? text : text.substr(colon + 1));
}

}  // namespace ganflow
