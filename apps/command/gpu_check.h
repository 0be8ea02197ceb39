// What to run first on a GPU: training there held against the CPU, against itself, and timed.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>

#include "apps/command/use_run.h"
#include "engine/device/device.h"
#include "engine/graph/graph.h"

namespace ganflow::cli {

struct CheckedGraph {
  std::string name;
  GraphSettings settings;
  Step steps = 1000;  // critic updates of the two runs whose bits must be equal
};

// A Markdown block, line by line to `print`: how long a launch and a round trip take, and for each
// graph whether two runs gave equal bits, how far its Variables are from the CPU's after 10 critic
// updates (at most 1e-3 of max(1, |x|)), and microseconds a critic update on both. True: it holds.
bool check_device(const std::shared_ptr<const Device>& gpu, std::span<const CheckedGraph> graphs,
                  const FindGraph& find, const std::function<void(const std::string&)>& print);

// The same for a device of this name with presets that need no data; exit code 0, or 1 if it does
// not hold.
int gpu_check(const std::string& device, const FindGraph& find);

}  // namespace ganflow::cli
