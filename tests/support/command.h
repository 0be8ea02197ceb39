// The ganflow command as a process, and what it left, for the tests of apps.
#pragma once

#include <sys/types.h>

#include <map>
#include <string>
#include <vector>

#include "engine/graph/schedule.h"

namespace ganflow::test {

struct Outcome {
  int exit_code = 0;
  std::string output;  // stdout and stderr
};

// Runs `ganflow ARGUMENTS` to its end. `environment` goes in front: "GANFLOW_DATA=/nowhere".
Outcome command(const std::string& arguments, const std::string& environment = "");
// The same of an example app, which lies beside the command.
Outcome program(const std::string& app, const std::string& arguments);
// Runs any command.
Outcome shell(const std::string& line);

// A run of thousands of steps a second, to which --steps and --out are added.
inline const std::string kTiny =
    "train toy-8gaussians --batch 16 --set generator=16 --set critic=16 --threads 1 ";

// Starts it in the background, output to `log`.
pid_t start_command(const std::vector<std::string>& arguments, const std::string& log);

// Every row of every metric table and the Variables of the newest checkpoint of a replica: equal
// bytes mean equal runs.
struct Left {
  std::map<std::string, std::vector<std::byte>> tables;
  Step step = 0;
  std::map<std::string, std::vector<float>> variables;
  bool operator==(const Left&) const = default;
};
Left left_by(const std::string& run, int replica);
// Rows of a table that left_by() returned.
std::size_t row_count(const std::string& run, int replica, const std::string& table);

}  // namespace ganflow::test
