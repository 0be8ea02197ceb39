// CIFAR-10, binary version (Krizhevsky 2009, cs.toronto.edu/~kriz/cifar.html): a batch file holds
// 10,000 records of one label byte 0..9 and 3,072 bytes, three planes (R, G, B) of 32 x 32. Plain
// or gzip.
//
// Errors are one sentence with the file, what was expected and what was found: Error(usage) for
// files that are not there, Error(input) for a file that is longer or shorter than its records, for
// a label above 9 and for damaged gzip data.
#pragma once

#include "io/data/image_set.h"

namespace ganflow {

constexpr Extent kCifarRecords = 10000;  // of each batch file

// The images (N, 3, 32, 32) and labels of one batch file that must hold `records` records.
ImageSet read_cifar10_batch(const std::string& path, Extent records = kCifarRecords);

// train: data_batch_1.bin to data_batch_5.bin, those that are there (a note says which are not);
// test: test_batch.bin. Each also with .gz.
ImageSet read_cifar10(const std::string& directory, Split split = Split::train,
                      Extent records = kCifarRecords);

}  // namespace ganflow
