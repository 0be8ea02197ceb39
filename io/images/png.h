// PNG files of pixels.
#pragma once

#include <string>

#include "io/images/picture.h"

namespace ganflow {

// Written durably; 1 or 3 channels. Throws Error(output).
void write_png(const std::string& path, const Pixels& pixels);

// Throws Error(input). Gray stays gray, everything else becomes RGB. Limit: 64 Mi pixels.
Pixels read_png(const std::string& path);

// Throws Error(input) unless every byte is covered by a chunk with a right CRC32, up to the end
// chunk: read_png() leaves out what it does not need.
void verify_png(const std::string& path);

}  // namespace ganflow
