// The summary of a run in its index: a group of columns.
#pragma once

#include <vector>

#include "io/disk/hdf5.h"
#include "io/run/summary.h"

namespace ganflow {

// One-dimensional datasets of group /summary, which keeps their order: numbers little endian, texts
// of the length of the longest, padded by NUL. Their bytes are UTF-8; the type does not say so,
// since Octave reads no such type. Throws hdf5::Failure.
void write_summary(hid_t location, const std::vector<SummaryColumn>& columns);

}  // namespace ganflow
