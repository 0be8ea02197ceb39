// Features of a set of samples, as an extractor gives them: what quality measures compare.
#pragma once

#include <span>
#include <string_view>

#include "engine/error.h"
#include "engine/tensor/shape.h"

namespace ganflow {

// n rows of `width` features, one after the other. A view.
struct FeatureRows {
  std::span<const float> values;  // (n, width)
  Extent n = 0, width = 0;

  const float* row(Extent i) const { return values.data() + i * width; }
  FeatureRows part(Extent first, Extent count) const {
    return {values.subspan(static_cast<std::size_t>(first * width),
                           static_cast<std::size_t>(count * width)),
            count, width};
  }
};

// Throws Error(usage) unless both sets have features of one width. `measure` is its name in
// messages.
inline void check_widths(std::string_view measure, Extent generated, Extent real) {
  if (generated != real)
    fail(Fault::usage,
         "{}: a generated row has {} features and a real one {}, take both from one extractor",
         measure, generated, real);
}

}  // namespace ganflow
