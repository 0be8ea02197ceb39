// Formulas as text: every elementwise primitive names the struct and the header that hold its
// formula, and the header needs nothing but <cmath> and headers of its kind.
#include <doctest/doctest.h>

#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "engine/program/affine.h"
#include "engine/program/leaves.h"
#include "ops/primitives/primitives.h"

using namespace ganflow;

namespace {

std::string text_of(std::string_view header) {
  std::ifstream file(std::string(GANFLOW_SOURCE) + "/" + std::string(header));
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<const Primitive*> elementwise() {
  return {
      &affine_primitive(),        &add_primitive(),      &stop_primitive(),   &sub_primitive(),
      &mul_primitive(),           &div_primitive(),      &max_primitive(),    &greater_primitive(),
      &greater_equal_primitive(), &equal_primitive(),    &select_primitive(), &exp_primitive(),
      &log_primitive(),           &sqrt_primitive(),     &recip_primitive(),  &tanh_primitive(),
      &sigmoid_primitive(),       &softplus_primitive(), &abs_primitive(),    &sign_primitive(),
      &floor_primitive(),         &sin_primitive(),      &cos_primitive()};
}

}  // namespace

TEST_SUITE_BEGIN("primitives");

TEST_CASE("every elementwise primitive names its formula and the header that holds it") {
  std::set<std::string_view> names;
  for (const Primitive* primitive : elementwise()) {
    CAPTURE(primitive->name());
    const auto formula = primitive->formula();
    REQUIRE(formula);
    CAPTURE(formula->name);
    CHECK(names.insert(formula->name).second);
    constexpr std::string_view kSpace = "formulas::";
    REQUIRE(formula->name.substr(0, kSpace.size()) == kSpace);
    const std::string type(formula->name.substr(kSpace.size()));
    const std::regex body("struct " + type + " \\{\\s+static constexpr int kOperands = " +
                          std::to_string(formula->operands) + ";");
    CHECK(std::regex_search(text_of(formula->header), body));
  }
  CHECK(names.size() == 23);
}

TEST_CASE("headers of formulas include and call nothing of the host") {
  std::set<std::string> known{"engine/program/formulas/function.h",
                              "ops/primitives/formulas/float_math.h"};
  for (const Primitive* primitive : elementwise()) known.emplace(primitive->formula()->header);
  for (const std::string& header : known) {
    CAPTURE(header);
    const std::string text = text_of(header);
    REQUIRE_FALSE(text.empty());
    const std::regex include("#include [<\"]([^>\"]+)[>\"]");
    for (std::sregex_iterator i(text.begin(), text.end(), include), end; i != end; ++i) {
      CAPTURE((*i)[1].str());
      CHECK(((*i)[1] == "cmath" || known.count((*i)[1])));
    }
    const std::regex call("\\n[^/\\n]*std::(\\w+)");
    const std::set<std::string> cmath{"abs", "copysign", "cos", "exp",  "floor",
                                      "log", "log1p",    "sin", "sqrt", "tanh"};
    for (std::sregex_iterator i(text.begin(), text.end(), call), end; i != end; ++i) {
      CAPTURE((*i)[1].str());
      CHECK(cmath.count((*i)[1]));
    }
    CHECK(text.find("[&]") == std::string::npos);
    CHECK(text.find("[=]") == std::string::npos);
  }
}

TEST_SUITE_END();
