// PNG files of pixels.
#pragma once

#include <string>

#include "io/picture.h"

namespace ganflow {

// Written durably; 1 or 3 channels. Throws Error(output).
void write_png(const std::string& path, const Pixels& pixels);

// Throws Error(input). Gray stays gray, everything else becomes RGB. Limit: 64 Mi pixels.
Pixels read_png(const std::string& path);

}  // namespace ganflow
