// From main() to a run: every flag, training, sampling and evaluation.
#pragma once

#include <string>
#include <vector>

#include "graphs/presets.h"

namespace ganflow {

// main() of an app file: `app [flags]` trains the graph that `compose` builds, `app list` says what
// it consists of, `app sample RUN` and `app evaluate RUN` use what it left. Returns the exit code:
// 0 done or stopped cleanly, 1 a replica failed, 2 bad usage, graph or device, 4 run directory in
// use, 5 output cannot be written, 6 damaged input.
int run(const std::string& name, const Compose& compose, int argc, char** argv);
// The same of several graphs: `app GRAPH [flags]`; `app list` names them. Of one graph the name is
// left out.
int run(const std::string& name, const std::vector<NamedGraph>& graphs, int argc, char** argv);

// main() of the ganflow command: train, list, sample, evaluate, verify over ready graphs and
// presets.
int run_command(int argc, char** argv);

}  // namespace ganflow
