#include "engine/graph/table.h"

#include <utility>

namespace ganflow {
namespace {

std::size_t column_bytes(ColumnType type) { return type == ColumnType::float32 ? 4 : 8; }

template <class T>
T load(const std::byte* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

}  // namespace

Table::Table(std::string name, std::string description, std::vector<Column> columns, bool timing)
    : name(std::move(name)), description(std::move(description)), timing(timing) {
  auto layout = std::make_shared<Layout>();
  layout->columns = std::move(columns);
  for (const Column& column : layout->columns) {
    layout->offsets.push_back(layout->row_bytes);
    layout->row_bytes += column_bytes(column.type);
  }
  layout_ = std::move(layout);
}

std::optional<std::size_t> Table::find(const std::string& column) const {
  for (std::size_t c = 0; c < columns().size(); ++c)
    if (columns()[c].name == column) return c;
  return std::nullopt;
}

RowView Table::row(std::span<const std::byte> rows, std::size_t index) const {
  return {*this, rows.data() + index * row_bytes()};
}

RowView Table::last_row(std::span<const std::byte> rows) const {
  return row(rows, count(rows) - 1);
}

std::int64_t RowView::step() const { return load<std::int64_t>(row_); }

double RowView::number(std::size_t column) const {
  const std::byte* at = row_ + table_.offset(column);
  switch (table_.columns()[column].type) {
    case ColumnType::int64:
      return static_cast<double>(load<std::int64_t>(at));
    case ColumnType::float32:
      return load<float>(at);
    case ColumnType::float64:
      break;
  }
  return load<double>(at);
}

}  // namespace ganflow
