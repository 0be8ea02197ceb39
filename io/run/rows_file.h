// Immutable files with the rows of a replica's tables between two commits. In the order of their
// steps they hold every committed row exactly once; metrics.h5 can be made again from them.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/graph/sink.h"

namespace ganflow {

struct RowsSpan {
  std::optional<Step> after;  // the previous commit's step; absent for the first
  Step step = 0;              // of this commit
};

struct TableRows {
  const Table* table = nullptr;
  std::span<const std::byte> rows;  // whole
};

// One dataset a table, named as the table. Sealed (sealed.h).
void write_rows_file(const std::string& path, int replica, const RowsSpan& span,
                     const std::vector<TableRows>& tables);

// Reads the attributes of a sealed file. Throws Error(input).
RowsSpan read_rows_span(const std::string& path);

// Hands out the rows of `tables` in order, in whole rows, at most 1 MiB at a time. Throws
// Error(input) if the file is damaged or has other tables.
void read_rows_file(const std::string& path, const std::vector<Table>& tables,
                    const std::function<void(std::size_t table, std::span<const std::byte>)>& take);

}  // namespace ganflow
