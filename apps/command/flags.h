// Where the flags of a run come from: the command line, then --config files, then, with --resume,
// the run that goes on. A flag counts where it stands first; options of the graph, --set, are
// merged name by name.
#pragma once

#include <exception>
#include <map>
#include <string>
#include <vector>

namespace ganflow::cli {

struct MergedFlags {
  std::vector<std::string> arguments;        // as they would stand on a command line
  std::string preset;                        // of a file or of the run; empty: neither says it
  std::map<std::string, std::string> where;  // "--steps" -> "--config run.toml: line 3"
  std::exception_ptr unread;                 // why the flags of the run are not among these
};

// `known` are the names, "--steps", that a file may give; argument `named` is the graph's name, if
// it is no flag. "--resume RUN" becomes
// "--resume --out=RUN" where nothing else says --out. Throws Error(usage) for a file that cannot be
// read and for a key that is no flag.
MergedFlags merge_flags(std::vector<std::string> arguments, const std::vector<std::string>& known,
                        std::size_t named);

}  // namespace ganflow::cli
