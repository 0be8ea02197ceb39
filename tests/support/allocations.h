// Counts calls of the allocator on the calling thread: a step must make none.
#pragma once

#include <cstdint>

namespace ganflow::test {

// Allocations (operator new, malloc and its kin) made so far by this thread.
std::uint64_t allocations();

}  // namespace ganflow::test
