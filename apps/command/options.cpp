#include "apps/command/options.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

#include "apps/command/numbers.h"
#include "engine/error.h"
#include "engine/suggest.h"

namespace ganflow::cli {

namespace {

constexpr std::size_t kMostMembers = 10000;
constexpr double kMostSeconds = 1e9;  // thirty years

// "0,steps(0:0,2500:-0.2)" -> two values.
std::vector<std::string> split_values(const std::string& text) {
  std::vector<std::string> values(1);
  int depth = 0;
  for (char c : text) {
    depth += (c == '(') - (c == ')');
    if (c == ',' && depth == 0)
      values.emplace_back();
    else
      values.back() += c;
  }
  return values;
}

}  // namespace

std::vector<Member> members(const RunOptions& options, const std::string& graph) {
  return members(options, std::vector<Cell>{{.graph = graph}});
}

std::vector<Member> members(const RunOptions& options, const std::vector<Cell>& cells) {
  const int replicas = options.replicas.value_or(1);
  std::vector<std::string> set = options.set;
  if (!options.measure.empty()) set.push_back("measure=" + options.measure);
  std::vector<std::map<std::string, std::string>> product(1);
  for (const std::string& text : set) {
    const auto equals = text.find('=');
    if (equals == std::string::npos || equals == 0)
      fail(Fault::usage, "--set {}: write name=value or name=v1,v2", text);
    const std::string name = text.substr(0, equals);
    if (product[0].contains(name))
      fail(Fault::usage, "--set {}: '{}' is given twice; join its values by commas", text, name);
    for (const Cell& cell : cells)
      if (cell.settings.contains(name))
        fail(Fault::usage, "--set {}: the experiment's cell '{}' sets '{}' itself; leave it out",
             text, cell.name, name);
    const std::vector<std::string> values = split_values(text.substr(equals + 1));
    for (auto value = values.begin(); value != values.end(); ++value) {
      if (value->empty()) fail(Fault::usage, "--set {}: one of the values is empty", text);
      if (std::find(values.begin(), value, *value) != value)
        fail(Fault::usage,
             "--set {}: {} stands twice, and each value of a list is a run; several seeds of one "
             "are --replicas N",
             text, *value);
    }
    std::vector<std::map<std::string, std::string>> next;
    for (const auto& chosen : product)
      for (const std::string& value : values) {
        if (next.size() >= kMostMembers)
          fail(Fault::usage, "--set {}: more than {} runs side by side", text, kMostMembers);
        next.push_back(chosen);
        next.back()[name] = value;
      }
    product = std::move(next);
  }
  if (product.size() * cells.size() > kMostMembers / static_cast<std::size_t>(replicas))
    fail(Fault::usage, "{} --set combinations of {} replicas: at most {} runs side by side",
         product.size() * cells.size(), replicas, kMostMembers);
  const auto more = static_cast<std::uint64_t>(replicas - 1);
  if (options.seed > std::numeric_limits<std::uint64_t>::max() - more)
    fail(Fault::usage,
         "--seed {}: {} replicas take this seed and the next ones, the greatest seed is {}; use "
         "--seed {} or less",
         options.seed, replicas, std::numeric_limits<std::uint64_t>::max(),
         std::numeric_limits<std::uint64_t>::max() - more);
  std::vector<Member> result;
  for (const Cell& cell : cells)
    for (const auto& chosen : product) {
      std::map<std::string, std::string> values = chosen;
      values.insert(cell.settings.begin(), cell.settings.end());
      for (int r = 0; r < replicas; ++r)
        result.push_back(
            {options.seed + static_cast<std::uint64_t>(r), values, cell.graph, cell.name});
    }
  return result;
}

CheckpointEvery parse_checkpoint_every(const std::string& text) {
  static constexpr std::pair<char, double> kUnits[] = {{'s', 1}, {'m', 60}, {'h', 3600}};
  const char* end = text.data() + text.size();
  double seconds = 0;
  const auto time = std::from_chars(text.data(), end, seconds);
  if (time.ec == std::errc() && time.ptr + 1 == end && seconds > 0)
    for (const auto& [unit, factor] : kUnits)
      if (unit == *time.ptr && seconds * factor <= kMostSeconds) return {0, seconds * factor};
  try {
    return {static_cast<Step>(parse_whole(text, 0, std::numeric_limits<Step>::max())), 0};
  } catch (const Error&) {
    fail(Fault::usage,
         "--checkpoint-every {}: write critic updates, 1000 or 20k, or a time above zero, 30s, 5m "
         "or 2h",
         text);
  }
}

GraphSettings graph_settings(const RunOptions& options, const Member& member) {
  return {.batch = options.batch,
          .steps = options.steps,
          .evaluate_every = options.evaluate_every,
          .sample_every = options.sample_every,
          .data = options.data,
          .values = member.values,
          .fuse = options.fuse == "auto"};
}

Arithmetic arithmetic(const RunOptions& options) {
  if (options.precision == "auto") return Arithmetic::usual;
  if (options.precision == "fp32") return Arithmetic::float32;
  const std::vector<std::string> known = {"auto", "fp32", "fast", "bf16"};
  if (std::find(known.begin(), known.end(), options.precision) == known.end())
    fail(Fault::usage, "--precision {}: no such precision{}", options.precision,
         suggestion(options.precision, known));
  fail(Fault::usage, "--precision {}: this build has auto and fp32 only; use --precision auto",
       options.precision);
}

}  // namespace ganflow::cli
