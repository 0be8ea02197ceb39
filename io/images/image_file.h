// Files of pixels of every kind that is read.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "io/images/picture.h"

namespace ganflow {

// What the names of such files end in, in lower case: ".png", ".jpg" ...
const std::vector<std::string>& image_extensions();

// PNG, JPEG, WebP, GIF (first frame), TIFF (first page) or BMP, told apart by the first bytes, the
// right way up. Gray stays gray, everything else becomes RGB. Transparent pixels stand on gray of
// the level `background`, 0 to 255: round(a x + (1 - a) background) of stored values x. `name` is
// the file's, for messages. Throws Error(input).
Pixels decode_image(std::span<const std::uint8_t> file, const std::string& name,
                    int background = 0);

// The same of a file on the disk; at most 256 MiB.
Pixels read_image(const std::string& path, int background = 0);

// For the decoders: throws Error(input) for no pixels and for more than 64 Mi.
void check_pixels(const std::string& name, std::uint64_t height, std::uint64_t width);

}  // namespace ganflow
