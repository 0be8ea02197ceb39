// GIF files as pixels, through giflib.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "io/images/picture.h"

namespace ganflow {

// The first frame on its canvas, RGBA; transparent where the frame does not reach or says so.
// Throws Error(input). Limit: 64 Mi pixels.
Pixels decode_gif(std::span<const std::uint8_t> file, const std::string& name);

}  // namespace ganflow
