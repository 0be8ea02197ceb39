// Counts calls of the allocator on the calling thread: a step must make none.
#pragma once

#include <cstdint>

namespace ganflow::test {

// False under sanitizers, which bring their own allocator: allocations() is 0 then.
extern const bool kCountsAllocations;

// Allocations (operator new, malloc and its kin) made so far by this thread.
std::uint64_t allocations();

}  // namespace ganflow::test
