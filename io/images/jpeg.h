// JPEG files as pixels, through libjpeg-turbo.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "io/images/picture.h"

namespace ganflow {

// Gray stays gray, everything else (CMYK and YCCK too, any chroma sampling) becomes RGB, turned
// upright as its Exif orientation says. `name` is the file's, for messages.
//
// Throws Error(input) for what libjpeg-turbo refuses, for pixels that are cut off or corrupt, for
// more than 64 Mi pixels and for more than 500 scans; other warnings (bytes between segments, an
// odd Adobe or JFIF marker) leave the pixels whole and are no error.
Pixels decode_jpeg(std::span<const std::uint8_t> file, const std::string& name);

}  // namespace ganflow
