// Pictures one after another as an animated GIF, through giflib.
#pragma once

#include <span>
#include <string>

#include "io/images/picture.h"

namespace ganflow {

// Endless, `seconds` a frame (kept in hundredths). Grey levels stay what they are; of RGB frames
// each has its own 256 colours. All frames have one size, at most 65535 x 65535. Throws
// Error(usage) for frames that have not, Error(output).
void write_gif(const std::string& path, std::span<const Pixels> frames, double seconds = 0.1);

}  // namespace ganflow
