// JPEG files as pixels, through libjpeg-turbo.
#pragma once

#include <string>

#include "io/images/picture.h"

namespace ganflow {

// Gray stays gray, everything else becomes RGB. Throws Error(input) for what libjpeg-turbo refuses
// or warns about (a truncated file, corrupt data) and for more than 64 Mi pixels; Error(usage) for
// a file that cannot be opened.
Pixels read_jpeg(const std::string& path);

}  // namespace ganflow
