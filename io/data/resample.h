// Pictures made alike: cropped, resized, grey or RGB.
#pragma once

#include "io/data/image_set.h"
#include "io/images/picture.h"

namespace ganflow {

// The middle `height` x `width` pixels, both at most the picture's; of an odd margin the smaller
// half is cut off at the top and left.
Pixels centre_crop(const Pixels& picture, Extent height, Extent width);

// Bilinear with antialiasing, what PIL calls BILINEAR: pixel o of an axis is the mean of the input
// pixels i with weights max(0, 1 - |(i + 1/2) - (o + 1/2) s| / max(s, 1)), s = input / output size,
// normalised to sum 1. Both axes in float, rounded once.
Pixels resize(const Pixels& picture, Extent height, Extent width);

// 1 -> 3: the grey level three times. 3 -> 1: round(0.299 R + 0.587 G + 0.114 B) (ITU-R BT.601).
Pixels with_channels(const Pixels& picture, Extent channels);

// Every image of a set: the largest centred square, resized. On reading_threads() at once.
void resize_images(ImageSet& set, Extent side);

}  // namespace ganflow
