#include "engine/run/watch.h"

#include <bit>
#include <cmath>

namespace ganflow {
namespace {

// Counters are whole numbers: of a value its bits, of none the bits of a NaN.
std::uint64_t bits(const std::optional<double>& value) {
  return std::bit_cast<std::uint64_t>(value.value_or(std::nan("")));
}

}  // namespace

Watch::Watch(std::string name, const Plateau& plateau, WatchedColumn column)
    : name_(std::move(name)), plateau_(plateau), column_(column) {}

void Watch::see(Step step, const std::vector<double>& values) {
  if (expected_ != step) return;
  expected_.reset();
  said_ = values[column_.column];
}

void Watch::judge() {
  if (!said_) return;
  const double value = *said_;
  said_.reset();
  const double sign = plateau_.greatest ? -1 : 1;
  const bool better = !std::isnan(value) && (!best_ || sign * value < sign * *best_);
  if (better) best_ = value;
  since_ = better ? 0 : since_ + 1;
}

void Watch::begin_anew() {
  since_ = 0;
  ++times_;
}

void Watch::save(std::map<std::string, std::uint64_t>& counters) const {
  counters[name_ + "/best"] = bits(best_);
  counters[name_ + "/said"] = said_ ? 1 : 0;
  counters[name_ + "/value"] = bits(said_);
  counters[name_ + "/since"] = since_;
  counters[name_ + "/times"] = times_;
}

void Watch::restore(const std::map<std::string, std::uint64_t>& counters) {
  const auto counter = [&](const char* what) {
    const auto found = counters.find(name_ + what);
    return found == counters.end() ? std::optional<std::uint64_t>() : found->second;
  };
  if (!counter("/best")) return;
  best_ = std::bit_cast<double>(*counter("/best"));
  if (std::isnan(*best_)) best_.reset();
  if (counter("/said").value_or(0) != 0)
    said_ = std::bit_cast<double>(counter("/value").value_or(bits({})));
  since_ = counter("/since").value_or(0);
  times_ = counter("/times").value_or(0);
}

}  // namespace ganflow
