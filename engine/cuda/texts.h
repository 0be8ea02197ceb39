// The headers that generated kernels include, as they stand in this tree: embedded by CMake
// (cmake/Texts.cmake), so that a built program needs no source beside it.
#pragma once

#include <string_view>
#include <vector>

namespace ganflow::cuda {

struct HeaderText {
  std::string_view name;  // as one includes it: "engine/cuda/text/block.h", "cmath"
  std::string_view text;
};

const std::vector<HeaderText>& header_texts();

// What a compiler without a standard library needs besides: <cmath> and its kind, in a few lines.
const std::vector<HeaderText>& standard_header_texts();

}  // namespace ganflow::cuda
