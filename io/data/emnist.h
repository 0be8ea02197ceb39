// EMNIST (Cohen, Afshar, Tapson, van Schaik 2017, arXiv:1702.05373): handwritten letters and
// digits, 28 x 28, in IDX files emnist-PART-train-images-idx3-ubyte and so on, plain or gzip. The
// files hold every image mirrored at its diagonal; here it stands upright, as MNIST's do.
//
// Errors are those of IDX files (idx.h).
#pragma once

#include <string>
#include <vector>

#include "io/data/image_set.h"

namespace ganflow {

// byclass (62 classes: digits, capitals, small letters), bymerge and balanced (47: small letters
// that look like their capitals are one class), letters (26, both cases), digits and mnist (10).
const std::vector<std::string>& emnist_parts();

// `part` is one of emnist_parts(); empty: balanced. Labels begin at 0 in every part; the classes
// have the characters' names.
ImageSet read_emnist(const std::string& directory, const std::string& part = "",
                     Split split = Split::train);

}  // namespace ganflow
