// `ganflow verify RUN`: is every file of a run what was written?
#pragma once

#include <string>

namespace ganflow::cli {

// Prints one line a file. Returns 0, or 6 if one is damaged or missing; throws Error(usage) if
// there is no run.
int verify_command(const std::string& run);

}  // namespace ganflow::cli
