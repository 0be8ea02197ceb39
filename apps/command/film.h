// The pictures a run left, over time.
#pragma once

#include <string>

namespace ganflow::cli {

// STEM_NAME.gif of each folder of pictures of a replica ("samples"), in the order of their steps;
// those of another size than the last one are left out. Says what it wrote. Throws Error(usage) if
// the run left no picture.
void write_films(const std::string& run, int replica, const std::string& stem);

}  // namespace ganflow::cli
