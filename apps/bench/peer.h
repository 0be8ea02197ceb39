// Another program that trains the same case: `ganflow bench --peer COMMAND`.
#pragma once

#include <string>

namespace ganflow::bench {

// Microseconds a critic update: the last word that `COMMAND CASE THREADS SECONDS` prints, run by
// the shell. Throws Error(usage) with its last line where it ends with another code than 0 or
// prints no such number above 0.
double peer_us(const std::string& command, const std::string& of, int threads, double seconds);

}  // namespace ganflow::bench
