// WebP files as pixels, through libwebp.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "io/images/picture.h"

namespace ganflow {

// RGB, with a last channel of straight alpha if the file has one; of an animation the first frame;
// the Exif orientation is applied. Throws Error(input). Limit: 64 Mi pixels.
Pixels decode_webp(std::span<const std::uint8_t> file, const std::string& name);

}  // namespace ganflow
