// CIFAR-100, binary version (Krizhevsky 2009, cs.toronto.edu/~kriz/cifar.html): records of two
// label bytes, the superclass 0..19 and the class 0..99, then the image as in CIFAR-10.
//
// Errors are those of CIFAR-10 (cifar10.h).
#pragma once

#include "io/data/image_set.h"

namespace ganflow {

enum class CifarLabels { fine, coarse };  // 100 classes, or their 20 superclasses

// train.bin, 50,000 images, or test.bin, 10,000, each also with .gz: (N, 3, 32, 32). The classes
// have the names of fine_label_names.txt or coarse_label_names.txt, if it lies beside them.
// `records`: in the file, 0: as many as were published.
ImageSet read_cifar100(const std::string& directory, Split split = Split::train,
                       CifarLabels labels = CifarLabels::fine, Extent records = 0);

}  // namespace ganflow
