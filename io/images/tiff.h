// TIFF files as pixels, through libtiff.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "io/images/picture.h"

namespace ganflow {

// The first page. Gray stays gray, everything else becomes RGB, each with a last channel of
// straight alpha if the page has one; 16 bits become their upper 8; the orientation tag is applied.
// Throws Error(input). Limit: 64 Mi pixels.
Pixels decode_tiff(std::span<const std::uint8_t> file, const std::string& name);

}  // namespace ganflow
