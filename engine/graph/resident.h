// A source as a program computes it: for devices that keep the tables of a set in their memory and
// draw its batches there.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "engine/program/value.h"

namespace ganflow {

// By what a node of a program draws.
struct DrawBy {
  std::uint32_t stream = 0;  // stream_id(node name)
  DrawTime time;
};

struct Resident {
  // Never written, and there as long as the source. A device has them as raw bytes, in tensors of
  // `type` that are as large or larger: what lies behind is not read.
  struct Table {
    TensorType type;
    std::span<const std::byte> bytes;
  };
  std::vector<Table> tables;
  // Traces what Source::fill() returns, all outputs, bit for bit: from the tables as values of one
  // builder, in order.
  std::function<std::vector<Value>(std::span<const Value> tables, Extent batch, const DrawBy& by)>
      draw;
};

template <class T>
std::span<const std::byte> bytes_of(const std::vector<T>& values) {
  return std::as_bytes(std::span(values));
}

// A table that a formula of the source reads as it likes: words of 32 bits.
inline Resident::Table words(std::span<const std::byte> bytes) {
  const auto count = static_cast<Extent>((bytes.size() + 3) / 4);
  return {{Shape{count > 0 ? count : 1}, DType::index}, bytes};
}

}  // namespace ganflow
