#include "io/run/rows_file.h"

#include <algorithm>

#include "engine/error.h"
#include "io/disk/sealed.h"
#include "io/run/table.h"

namespace ganflow {
namespace {

constexpr std::int64_t kBeginning = -1;  // attribute after_step of the first file

// Calls `body(begin, bytes)` for blocks of whole rows.
template <class Body>
void in_blocks(std::uint64_t rows, std::size_t row_bytes, Body&& body) {
  const std::uint64_t most = std::max<std::uint64_t>(1, (1 << 20) / row_bytes);
  std::vector<std::byte> block;
  for (std::uint64_t begin = 0; begin < rows; begin += most) {
    block.resize(std::min(most, rows - begin) * row_bytes);
    body(begin, std::span<std::byte>(block));
  }
}

RowsSpan span_of(const hdf5::File& file) {
  const std::int64_t after = hdf5::read_signed(file.id(), "after_step");
  RowsSpan span;
  if (after != kBeginning) span.after = static_cast<Step>(after);
  span.step = hdf5::read_number(file.id(), "step");
  return span;
}

}  // namespace

void write_rows_file(const std::string& path, int replica, const RowsSpan& span,
                     const std::vector<TableRows>& tables) {
  const auto fill = [&](const hdf5::File& file) {
    hdf5::write_text(file.id(), "schema", "1.0");
    hdf5::write_text(file.id(), "kind", "rows");
    hdf5::write_number(file.id(), "replica", static_cast<std::uint64_t>(replica));
    hdf5::write_signed(file.id(), "after_step",
                       span.after ? static_cast<std::int64_t>(*span.after) : kBeginning);
    hdf5::write_number(file.id(), "step", span.step);
    for (const TableRows& part : tables) {
      create_table(file.id(), part.table->name, *part.table,
                   {.rows = part.rows.size() / part.table->row_bytes(), .checksum = true});
      if (part.rows.empty()) continue;
      write_rows(hdf5::open_dataset(file.id(), part.table->name), row_type(*part.table), 0,
                 part.rows);
    }
    hdf5::write_number(file.id(), "complete", 1);
  };
  // As of a checkpoint: what the library wrote is what it was given.
  const auto check = [&](const std::string& temporary) {
    std::vector<Table> layout;
    for (const TableRows& part : tables) layout.push_back(*part.table);
    std::vector<std::size_t> done(tables.size());
    try {
      read_rows_file(temporary, layout, [&](std::size_t t, std::span<const std::byte> block) {
        const auto rest = tables[t].rows.subspan(done[t]);
        if (block.size() > rest.size() || !std::equal(block.begin(), block.end(), rest.begin()))
          throw hdf5::Failure("other rows are read back");
        done[t] += block.size();
      });
    } catch (const Error& error) {
      throw hdf5::Failure(error.what());
    }
    for (std::size_t t = 0; t < tables.size(); ++t)
      if (done[t] != tables[t].rows.size()) throw hdf5::Failure("fewer rows are read back");
  };
  write_sealed(path, fill, check);
}

RowsSpan read_rows_span(const std::string& path) {
  RowsSpan span;
  read_sealed(path, [&](const hdf5::File& file) { span = span_of(file); });
  return span;
}

void read_rows_file(
    const std::string& path, const std::vector<Table>& tables,
    const std::function<void(std::size_t table, std::span<const std::byte>)>& take) {
  read_sealed(path, [&](const hdf5::File& file) {
    for (std::size_t i = 0; i < tables.size(); ++i) {
      const Table& table = tables[i];
      const hdf5::Dataset dataset = hdf5::open_dataset(file.id(), table.name);
      const hdf5::Type found(H5Dget_type(dataset.id()), "H5Dget_type");
      const auto is = [&](const hdf5::Type& type) {
        return hdf5::check(H5Tequal(type.id(), found.id()), "H5Tequal") > 0;
      };
      hdf5::Type type = row_type(table);
      if (!is(type)) type = row_type(table, FieldNames::dotted);
      if (!is(type))
        fail(Fault::input, "{}: table '{}' has other columns than this run", path, table.name);
      const std::vector<hsize_t> extents = hdf5::extents(dataset);
      if (extents.size() != 1)
        fail(Fault::input, "{}: table '{}' has {} axes instead of one", path, table.name,
             extents.size());
      require_within(path, table.name, extents, table.row_bytes());
      in_blocks(extents[0], table.row_bytes(),
                [&](std::uint64_t begin, std::span<std::byte> block) {
                  read_rows(dataset, type, begin, block);
                  take(i, block);
                });
    }
  });
}

}  // namespace ganflow
