#include "engine/cpu/code.h"

#include <sys/mman.h>

#include <cerrno>
#include <cstddef>

namespace ganflow::cpu {
namespace {

bool try_it() {
  constexpr std::size_t kBytes = 4096;
  void* page = ::mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) return true;  // for want of memory, which says so elsewhere
  *static_cast<char*>(page) = 1;
  const bool refused =
      ::mprotect(page, kBytes, PROT_READ | PROT_EXEC) != 0 && (errno == EACCES || errno == EPERM);
  ::munmap(page, kBytes);
  return !refused;
}

}  // namespace

bool may_make_code() {
  static const bool may = try_it();
  return may;
}

}  // namespace ganflow::cpu
