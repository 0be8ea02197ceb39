// PNG files of pixels.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "io/images/picture.h"

namespace ganflow {

constexpr Extent kMostPngPixels = Extent{1} << 26;

// Written durably; 1 or 3 channels, 1 to 64 Mi pixels. Throws Error(output).
void write_png(const std::string& path, const Pixels& pixels);

// Gray stays gray, everything else becomes RGB, each with a last channel of alpha (straight, 255:
// opaque) if the file has any transparency; 16 bits are scaled to 8 without a gamma of their own,
// the Exif orientation is applied. Throws Error(input). Limit: 64 Mi pixels.
Pixels decode_png(std::span<const std::uint8_t> file, const std::string& name);
Pixels read_png(const std::string& path);

// Throws Error(input) unless every byte is covered by a chunk with a right CRC32, up to the end
// chunk: read_png() leaves out what it does not need.
void verify_png(const std::string& path);

}  // namespace ganflow
