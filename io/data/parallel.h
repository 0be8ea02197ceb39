// Data files are read on several threads, before any flow graph is there.
#pragma once

#include <cstddef>
#include <functional>

namespace ganflow {

// How many threads of this process read side by side; 0: as many as there are processors, which is
// so until someone says otherwise, as the command does with --threads.
void set_reading_threads(int threads);
int reading_threads();

// Calls body(i) for every i below n, on so many threads; the caller's is one of them. Throws what
// the call of the least i that threw did; calls of greater i may then be left out.
void read_each(std::size_t n, const std::function<void(std::size_t)>& body);

}  // namespace ganflow
