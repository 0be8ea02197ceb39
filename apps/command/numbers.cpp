#include "apps/command/numbers.h"

#include <charconv>

#include "engine/error.h"

namespace ganflow::cli {
namespace {

constexpr const char* kDigits = "0123456789";
constexpr int kMostExponent = 1000;

// The number as digits times a power of ten.
struct Decimal {
  std::string digits;  // without zeros in front
  int exponent = 0;
  bool negative = false;
};

bool read(std::string text, Decimal& number) {
  static constexpr std::pair<char, int> kUnits[] = {{'k', 3}, {'M', 6}, {'G', 9}};
  number.negative = text.starts_with('-');
  if (number.negative) text.erase(0, 1);
  for (const auto& [unit, exponent] : kUnits)
    if (text.ends_with(unit)) {
      text.pop_back();
      number.exponent = exponent;
      break;
    }
  if (const auto e = text.find_first_of("eE"); e != text.npos) {
    const bool plus = e + 1 < text.size() && text[e + 1] == '+';
    int exponent = 0;
    const char* end = text.data() + text.size();
    const auto [stop, code] = std::from_chars(text.data() + e + 1 + plus, end, exponent);
    if (stop != end || code != std::errc() || std::abs(exponent) > kMostExponent) return false;
    number.exponent += exponent;
    text.resize(e);
  }
  if (const auto point = text.find('.'); point != text.npos) {
    text.erase(point, 1);
    number.exponent -= static_cast<int>(text.size() - point);
  }
  if (text.empty() || text.find_first_not_of(kDigits) != text.npos) return false;
  number.digits = text.erase(0, text.find_first_not_of('0'));
  return true;
}

}  // namespace

std::uint64_t parse_whole(const std::string& text, std::uint64_t least, std::uint64_t most) {
  Decimal number;
  if (!read(text, number))
    fail(Fault::usage, "{} is given, it must be a whole number: 20000, 20k or 2e4", text);
  for (; number.exponent < 0 && number.digits.ends_with('0'); ++number.exponent)
    number.digits.pop_back();
  if (!number.digits.empty() && number.negative)
    fail(Fault::usage, "{} is given, it must be at least {}", text, least);
  if (!number.digits.empty() && number.exponent < 0)
    fail(Fault::usage, "{} is given, it must be a whole number: 20000, 20k or 2e4", text);
  std::uint64_t value = 0;
  if (!number.digits.empty()) {
    number.digits.append(static_cast<std::size_t>(number.exponent), '0');
    const char* begin = number.digits.data();
    if (std::from_chars(begin, begin + number.digits.size(), value).ec != std::errc())
      fail(Fault::usage, "{} is given, it must be at most {}", text, most);
  }
  if (value < least) fail(Fault::usage, "{} is given, it must be at least {}", text, least);
  if (value > most) fail(Fault::usage, "{} is given, it must be at most {}", text, most);
  return value;
}

}  // namespace ganflow::cli
