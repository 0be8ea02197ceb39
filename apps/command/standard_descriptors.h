// Descriptors 0, 1 and 2 of a program that was started without some of them.
#pragma once

namespace ganflow::cli {

// Opens /dev/null on each that is closed: the next file a run opens would take its number, and what
// is said would be written into it. Call first in main().
void hold_standard_descriptors();

}  // namespace ganflow::cli
