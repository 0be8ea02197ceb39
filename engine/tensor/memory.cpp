#include "engine/tensor/memory.h"

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

}  // namespace ganflow
