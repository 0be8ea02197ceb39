// The tables of sources in a device's memory (engine/graph/resident.h), once for all replicas.
#pragma once

#include <span>
#include <vector>

#include "engine/device/device.h"

namespace ganflow {

class ResidentTables {
 public:
  explicit ResidentTables(const Device& device) : device_(device) {}
  ResidentTables(const ResidentTables&) = delete;

  // Where these bytes lie, uploaded for the first who asks; equal bytes lie in one place. They must
  // outlive this. Throws Error(usage) where the device has no room.
  const std::byte* find_or_upload(std::span<const std::byte> bytes);

 private:
  struct Table {
    std::span<const std::byte> bytes;
    Block block;
  };
  const Device& device_;
  std::vector<Table> tables_;
};

}  // namespace ganflow
