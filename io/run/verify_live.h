// The live files of a run, compared with what was committed of them.
#pragma once

#include <optional>
#include <string>

#include "io/run/run_index.h"

namespace ganflow {

// Of metrics.h5, or timing.h5: that it begins with the rows that were committed and that the steps
// of those after them do not fall. With `replica` of that one's own live file; without, replicas
// that have one of their own are links. Returns what there is in words; throws Error(input)
// otherwise.
std::string check_live(const std::string& run, const RunIndex& index, bool timing,
                       std::optional<int> replica = {});

}  // namespace ganflow
