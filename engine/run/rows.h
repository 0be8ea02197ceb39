// The tables of a replica and how a row of them is packed.
#pragma once

#include <array>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/graph/lowered.h"

namespace ganflow {

// Names of what is measured and traced: the stages of all phases in order, "schedule", the
// evaluations, "writer". A name that occurs twice gets its phase in front.
std::vector<std::string> node_names(const LoweredReplica& replica);

// One table per phase, one per metric evaluation, last "timing". See Runner::tables.
std::vector<Table> make_tables(const LoweredReplica& replica);
// Index of an evaluation's table, absent for samples.
std::optional<int> table_of(const LoweredReplica& replica, int evaluation);

// 5 %, 50 % and 95 % quantiles, linear between the two nearest values as numpy does by default; NaN
// if any value is. `scratch` has as many elements as `values`.
std::array<float, 3> quantiles(std::span<const float> values, std::span<float> scratch);

// Packs columns one after the other, no padding.
class RowWriter {
 public:
  explicit RowWriter(std::byte* at) : at_(at) {}
  template <class T>
  void put(T value) {
    std::memcpy(at_, &value, sizeof value);
    at_ += sizeof value;
  }

 private:
  std::byte* at_;
};

}  // namespace ganflow
