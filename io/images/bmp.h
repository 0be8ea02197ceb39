// BMP files as pixels, through stb_image.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "io/images/picture.h"

namespace ganflow {

// RGB, or RGBA if there is an alpha channel that is not 0 everywhere. Throws Error(input), also for
// the run-length encoded kinds, which stb_image does not read. Limit: 64 Mi pixels.
Pixels decode_bmp(std::span<const std::uint8_t> file, const std::string& name);

}  // namespace ganflow
