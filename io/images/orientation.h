// Which way up a photograph is: the Exif tag 0x0112 (CIPA DC-008, 1 to 8), through libexif.
#pragma once

#include <cstdint>
#include <span>

#include "io/images/picture.h"

namespace ganflow {

// Of an Exif block, with or without its heading "Exif\0\0"; 1, as stored, if it says nothing.
int exif_orientation(std::span<const std::uint8_t> block);

// The picture as it is meant to be seen: 2 mirrored, 3 half a turn, 4 upside down mirrored, 5
// transposed, 6 a quarter turn clockwise, 7 transposed the other way, 8 a quarter turn back.
Pixels upright(const Pixels& pixels, int orientation);

}  // namespace ganflow
