#include "support/allocations.h"

#include <cstddef>
#include <cstdlib>

// glibc's own entry points under the names that are replaced below; operator new ends in malloc.
// Sanitizers bring their own allocator and stay in charge of it.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)

namespace ganflow::test {
const bool kCountsAllocations = false;
std::uint64_t allocations() { return 0; }
}  // namespace ganflow::test

#else

namespace {
thread_local std::uint64_t count = 0;
}

extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);

void* malloc(std::size_t bytes) {
  ++count;
  return __libc_malloc(bytes);
}
void* calloc(std::size_t n, std::size_t bytes) {
  ++count;
  return __libc_calloc(n, bytes);
}
void* realloc(void* old, std::size_t bytes) {
  ++count;
  return __libc_realloc(old, bytes);
}
void* aligned_alloc(std::size_t alignment, std::size_t bytes) {
  ++count;
  return __libc_memalign(alignment, bytes);
}
}

namespace ganflow::test {
const bool kCountsAllocations = true;
std::uint64_t allocations() { return count; }
}  // namespace ganflow::test

#endif
