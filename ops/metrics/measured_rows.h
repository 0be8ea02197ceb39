// What every metric checks of the samples it is given.
#pragma once

#include <cmath>
#include <span>
#include <string_view>

#include "engine/error.h"
#include "engine/graph/host.h"

namespace ganflow {

// The first `wanted` rows of the measurement. Throws Error(usage) if there are fewer or if a row
// does not have `elements` elements. `metric` is its name in messages.
inline std::span<const float> measured_rows(const Measurement& m, std::string_view metric,
                                            Extent wanted, Extent elements) {
  if (m.row.elements() != elements)
    fail(Fault::usage, "{}: a generated sample {} has {} elements, it measures samples of {}",
         metric, m.row.str(), m.row.elements(), elements);
  if (m.n < wanted)
    fail(Fault::usage, "{}: {} samples were generated, it needs {}", metric, m.n, wanted);
  return m.samples.first(static_cast<std::size_t>(wanted * elements));
}

inline void check_samples(std::string_view metric, Extent samples, Extent least) {
  if (samples < least)
    fail(Fault::usage, "{}: samples is {}, it must be at least {}", metric, samples, least);
}

[[noreturn]] inline void fail_without_data(std::string_view metric) {
  fail(Fault::usage, "{}: it compares with the real data; say where they are, --data SET:PATH",
       metric);
}

// One such sample makes a mean meaningless and has no place on a grid.
inline bool all_finite(std::span<const float> values) {
  for (float v : values)
    if (!std::isfinite(v)) return false;
  return true;
}

}  // namespace ganflow
