// A folder or zip archive of photographs as one set of equal images.
#pragma once

#include <string>

#include "io/data/image_set.h"

namespace ganflow {

struct ImageFolder {
  Extent side = 0;  // pixels of the square images wanted, 1..1024; 0: as they are, all alike
  Extent crop = 0;  // side of the centred square cut out before; 0: the largest one; needs `side`
  Extent channels = 0;     // 1 grey, 3 RGB; 0: as they are, all alike
  int background = 0;      // grey level under transparent pixels, 0 (black) to 255 (white)
  std::string split = {};  // "train", "val" or "test" of a folder with these parts; empty: train
  bool skip_bad = false;   // go on without the files that cannot be read
};

// The images of a folder or of a zip archive (image_files.h says which, and in what order).
// Images are cropped, then resized (resample.h); reading_threads() are decoded at once, the result
// does not depend on how many. If every image lies in one of several top folders, its label is the
// number of that folder in their order, and the folders' names are those of the classes.
//
// Throws Error(usage) for options that make no sense and for a path without images; Error(input)
// for the first file, in order, that is not like the others, and for files that cannot be read,
// with the first ten by name; with skip_bad a note names these.
ImageSet read_image_folder(const std::string& path, const ImageFolder& options = {});

}  // namespace ganflow
