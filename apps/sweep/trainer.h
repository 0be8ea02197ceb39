// A process of a sweep that trains: what the desk deals it, until there is no more.
#pragma once

#include "apps/command/options.h"
#include "apps/command/train.h"
#include "engine/ranks/channel.h"
#include "engine/ranks/launch.h"

namespace ganflow::sweep {

// Returns the exit code of the process; whatever is thrown is said to the desk.
int trainer(const cli::Training& training, const cli::RunOptions& options, const Launch& launch,
            Channel& desk);

}  // namespace ganflow::sweep
