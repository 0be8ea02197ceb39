// Work on files that may be damaged, in a process of its own: a file that hangs or crashes the HDF5
// library takes that process with it and nothing else.
#pragma once

#include <functional>
#include <string>

namespace ganflow {

struct ChildOutcome {
  bool ok = false;
  bool unreadable = false;  // `body` threw Unreadable
  std::string text;         // what `body` returned, or in one sentence what went wrong
};

// Forks, runs `body` in the child and waits at most `seconds`. An exception of `body`, a signal
// that ends the child and the time limit are outcomes that are not ok. REQUIRES: no other thread
// holds a lock that `body` needs (call it before threads are started).
ChildOutcome in_child(double seconds, const std::function<std::string()>& body);

}  // namespace ganflow
