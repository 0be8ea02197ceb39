// Completion of the command line in a shell.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace ganflow::cli {

struct CompletionWords {
  std::string program;                                       // as it is called
  std::map<std::string, std::vector<std::string>> commands;  // what may follow each
  std::vector<std::string> first;                            // what may stand as the first word
  std::vector<std::string> otherwise;                        // what may follow where no command is
  std::map<std::string, std::vector<std::string>> values;    // of a flag: "--data"
};

// The shells there are scripts for: bash, zsh.
const std::vector<std::string>& completion_shells();

// A script for one of them, to be read at its start; where no word fits, files are proposed.
std::string completion_script(const std::string& shell, const CompletionWords& words);

}  // namespace ganflow::cli
