// The records of CIFAR's binary versions (Krizhevsky 2009, cs.toronto.edu/~kriz/cifar.html): label
// bytes, then 3,072 bytes, three planes (R, G, B) of 32 x 32. Plain or gzip.
#pragma once

#include <string>
#include <vector>

#include "io/data/image_set.h"

namespace ganflow {

struct CifarRecords {
  std::size_t label_bytes = 1;  // of a record
  std::size_t label = 0;        // which of them is wanted
  Extent classes = 10;
};

// A set without images, with room for `images` of them.
ImageSet cifar_set(const CifarRecords& form, Extent images);

// Appends a file that must hold `records` records. Throws Error(usage) for a file that cannot be
// opened, Error(input) for one that is longer or shorter, for a label beyond the classes and for
// damaged gzip data.
void append_cifar(ImageSet& set, const CifarRecords& form, const std::string& path, Extent records);

// `name` in the directory, plain or with .gz; empty: neither is there.
std::string plain_or_gzip(const std::string& directory, const std::string& name);

}  // namespace ganflow
