// --init RUN[:step]: a run that begins with the Variables of another one.
#pragma once

#include <string>
#include <vector>

#include "engine/graph/lowered.h"

namespace ganflow::cli {

// "RUN:1000" -> the checkpoint of step 1000, "RUN" -> the newest. Replica r takes the values of the
// other run's replica r, or of its replica 0 if it has fewer. Every Variable whose name and shape
// are in the checkpoint begins with its value, optimizers' and averages included; the others begin
// as they always do. Returns a sentence on what was taken and what did not fit. Throws Error(usage)
// for no such run or step and if nothing fits, Error(input) for damaged files.
std::string begin_from(const std::string& init, std::vector<LoweredReplica>& replicas);

// The same with an absolute path.
std::string absolute_init(const std::string& init);

}  // namespace ganflow::cli
