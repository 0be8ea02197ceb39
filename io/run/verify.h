// Looks at every file of a run directory and changes nothing.
//
// Each file is read to its end in a child process with a time limit, since a damaged file can hang
// or crash the HDF5 library. A run that is going on, or is resumed meanwhile, may be looked at.
#pragma once

#include <functional>
#include <string>

namespace ganflow {

struct FileVerdict {
  enum class Kind {
    whole,       // every byte is what was written
    damaged,     // is not, or is missing
    aside,       // put aside by --resume, or left by a process that was killed: not part of the run
    unknown,     // nothing is promised about it
    unreadable,  // the system did not let it be read or listed: nothing says that it is damaged
  } kind = Kind::unknown;
  std::string file;  // relative to the run directory
  std::string text;  // what it holds, or one sentence about the damage
};

struct VerifyOptions {
  double seconds = 30;  // for one file; 1 more for each 20 MB of it
  std::string only;     // this file, relative to the run; empty: all
};

// Calls `say` for each folder that cannot be listed, then for each file in the order of their
// names; last, for a replica whose rows files leave a gap, for its folder. Returns how many are
// damaged. Throws Error(usage) if `run` holds no run.
int verify_run(const std::string& run, const std::function<void(const FileVerdict&)>& say,
               const VerifyOptions& options = {});

}  // namespace ganflow
