#include "apps/command/init.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>

#include "apps/command/numbers.h"
#include "engine/error.h"
#include "io/run/resume.h"

namespace ganflow::cli {
namespace {

constexpr std::size_t kMostNamed = 6;

struct Origin {
  std::string run;
  std::optional<Step> step;
};

// A colon may belong to the path.
Origin parse(const std::string& init) {
  const auto colon = init.rfind(':');
  if (colon == init.npos || holds_run(init)) return {init, {}};
  try {
    return {init.substr(0, colon),
            parse_whole(init.substr(colon + 1), 0, static_cast<Step>(-1) / 2)};
  } catch (const Error& error) {
    fail(Fault::usage, "--init {}: the step behind the colon: {}", init, error.what());
  }
}

}  // namespace

std::string absolute_init(const std::string& init) {
  const Origin origin = parse(init);
  return std::filesystem::absolute(origin.run).lexically_normal().string() +
         init.substr(origin.run.size());
}

std::string begin_from(const std::string& init, std::vector<LoweredReplica>& replicas) {
  const Origin origin = parse(init);
  const std::size_t others = read_run_index(origin.run).info.replicas.size();
  std::size_t taken = 0;
  Step step = 0;
  std::vector<std::string> left;  // of the first replica
  for (std::size_t r = 0; r < replicas.size(); ++r) {
    const auto checkpoint = std::make_shared<const Checkpoint>(
        load_checkpoint(origin.run, r < others ? static_cast<int>(r) : 0, origin.step));
    step = checkpoint->state.step;
    for (VariableInfo& variable : replicas[r].variables) {
      const auto shape = checkpoint->shapes.find(variable.name);
      if (shape == checkpoint->shapes.end() || !(shape->second == variable.shape)) {
        if (r == 0) left.push_back(variable.name);
        continue;
      }
      taken += r == 0;
      variable.initializer = [checkpoint, name = variable.name](std::uint64_t, std::uint32_t,
                                                                std::span<double> out) {
        const std::vector<float>& values = checkpoint->state.variables.at(name);
        std::copy(values.begin(), values.end(), out.begin());
      };
    }
  }
  if (taken == 0)
    fail(Fault::usage, "--init {}: no Variable of this graph has a name and shape of that run's",
         init);
  std::string text =
      fmt::format("--init {}: {} Variables begin with their values of step {}", init, taken, step);
  if (left.empty()) return text;
  const std::size_t more = left.size() - std::min(left.size(), kMostNamed);
  left.resize(left.size() - more);
  return text + fmt::format(", {} do not fit and begin anew: {}{}", left.size() + more,
                            fmt::join(left, ", "), more ? fmt::format(" and {} more", more) : "");
}

}  // namespace ganflow::cli
