// A folder of photographs as one set of equal images.
#pragma once

#include <string>

#include "io/data/image_set.h"
#include "io/images/picture.h"

namespace ganflow {

struct ImageFolder {
  Extent side = 0;  // pixels of the square images wanted, 1..1024; 0: as they are, all alike
  Extent crop = 0;  // side of the centred square cut out before; 0: the largest one; needs `side`
  Extent channels = 0;  // 1 grey, 3 RGB; 0: as they are, all alike
};

// PNG or JPEG, told apart by its first bytes. Gray stays gray, everything else becomes RGB,
// transparent pixels stand on black. Throws Error(input) naming the file.
Pixels read_image(const std::string& path);

// All *.png, *.jpg and *.jpeg below `directory`, in the order of their paths' bytes; names that
// begin with a dot are left out. Images are cropped, then resized (resample.h); reading_threads()
// are decoded at once, the result does not depend on how many. If every image lies in one of
// several folders of `directory`, its label is the number of that folder in the order of their
// names.
//
// Throws Error(usage) for options that make no sense and for a directory without images,
// Error(input) for the first file, in order, that is damaged or not like the others.
ImageSet read_image_folder(const std::string& directory, const ImageFolder& options = {});

}  // namespace ganflow
