// Whole numbers as people write them.
#pragma once

#include <cstdint>
#include <string>

namespace ganflow::cli {

// "20000", "20k", "2e4", "1.5M" (k, M, G: thousand, million, thousand million), exact. Throws
// Error(usage) for other text, a fraction, and numbers outside of [least, most].
std::uint64_t parse_whole(const std::string& text, std::uint64_t least, std::uint64_t most);

}  // namespace ganflow::cli
