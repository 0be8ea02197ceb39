#include "engine/run/resident_tables.h"

#include <algorithm>
#include <cstring>

#include "engine/tensor/memory.h"

namespace ganflow {

const std::byte* ResidentTables::find_or_upload(std::span<const std::byte> bytes) {
  for (const Table& known : tables_)
    if (known.bytes.size() == bytes.size() &&
        (known.bytes.data() == bytes.data() ||
         std::memcmp(known.bytes.data(), bytes.data(), bytes.size()) == 0))
      return known.block.data();
  Table& table = tables_.emplace_back(
      bytes, device_.allocate(aligned(std::max<std::size_t>(1, bytes.size()))));
  if (!bytes.empty()) {
    const std::unique_ptr<Queue> queue = device_.queue(Urgency::step);
    queue->copy(table.block.data(), bytes.data(), bytes.size());
    queue->mark().wait();
  }
  return table.block.data();
}

}  // namespace ganflow
