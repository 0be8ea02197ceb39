// Flags that stand in a TOML file.
#pragma once

#include <string>
#include <vector>

namespace ganflow::cli {

// steps = 1000, set = ["lr=1e-4", "k=0"] -> {name, values as they would stand on the command line}.
struct ConfigFlag {
  std::string name;
  std::vector<std::string> values;  // several: the flag is repeated
  std::string where;                // "--config run.toml: line 3"
};

// At most 1 MiB. Throws Error(usage) naming the file, and the line of what is no TOML, no text,
// number or truth value, or a list of lists.
std::vector<ConfigFlag> read_config(const std::string& path);

}  // namespace ganflow::cli
