// Tables of packed rows: which columns they have and where each lies in a row. Whoever packs or
// reads a row asks here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace ganflow {

enum class ColumnType : std::uint8_t { int64, float32, float64 };

struct Column {
  std::string name;
  ColumnType type = ColumnType::float32;
  std::string unit;
  std::string description;
};

class RowView;

// Rows are packed: columns in order, no padding. The first column is always int64 "step". Copies
// share their columns: a run has a copy of each replica's in several places.
class Table {
 public:
  Table(std::string name, std::string description, std::vector<Column> columns,
        bool timing = false);

  std::string name;  // "critic", "generator", "quality"
  std::string description;
  bool timing = false;  // wall-clock: may differ between equal runs, kept in timing.h5

  const std::vector<Column>& columns() const { return layout_->columns; }
  std::optional<std::size_t> find(const std::string& column) const;
  std::size_t offset(std::size_t column) const {
    return layout_->offsets[column];
  }  // bytes into a row
  std::size_t row_bytes() const { return layout_->row_bytes; }

  // Of whole rows, one after the other.
  std::size_t count(std::span<const std::byte> rows) const { return rows.size() / row_bytes(); }
  RowView row(std::span<const std::byte> rows, std::size_t index) const;
  RowView last_row(std::span<const std::byte> rows) const;

 private:
  struct Layout {
    std::vector<Column> columns;
    std::vector<std::size_t> offsets;
    std::size_t row_bytes = 0;
  };
  std::shared_ptr<const Layout> layout_;
};

// Reads one row. Refers to the table.
class RowView {
 public:
  RowView(const Table& table, const std::byte* row) : table_(table), row_(row) {}
  std::int64_t step() const;  // -1: this row was never written
  double number(std::size_t column) const;

 private:
  const Table& table_;
  const std::byte* row_;
};

// Packs one row, column after column. Refers to the table.
class RowWriter {
 public:
  RowWriter(const Table& table, std::byte* row) : table_(table), row_(row) {}
  template <class T>
  void put(T value) {
    switch (table_.columns()[column_].type) {
      case ColumnType::int64:
        return store(static_cast<std::int64_t>(value));
      case ColumnType::float32:
        return store(static_cast<float>(value));
      case ColumnType::float64:
        return store(static_cast<double>(value));
    }
  }

 private:
  template <class T>
  void store(T value) {
    std::memcpy(row_ + table_.offset(column_++), &value, sizeof value);
  }

  const Table& table_;
  std::byte* row_;
  std::size_t column_ = 0;
};

}  // namespace ganflow
