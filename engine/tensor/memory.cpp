#include "engine/tensor/memory.h"

#include <sys/mman.h>

#include <cstring>
#include <new>

namespace ganflow {

Memory::Memory(std::size_t bytes)
    : data_(
          static_cast<std::byte*>(::operator new[](aligned(bytes), std::align_val_t(kAlignment)))) {
  std::memset(data_.get(), 0, aligned(bytes));
}

void Memory::Free::operator()(std::byte* p) const {
  ::operator delete[](p, std::align_val_t(kAlignment));
}

void require_memory(std::size_t bytes) {
  void* block = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (block == MAP_FAILED) throw std::bad_alloc();
  ::munmap(block, bytes);
}

}  // namespace ganflow
