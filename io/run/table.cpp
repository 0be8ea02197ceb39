#include "io/run/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>

namespace ganflow {
namespace {

hid_t stored_type(ColumnType type) {
  switch (type) {
    case ColumnType::int64:
      return H5T_STD_I64LE;
    case ColumnType::float32:
      return H5T_IEEE_F32LE;
    case ColumnType::float64:
      break;
  }
  return H5T_IEEE_F64LE;
}

// A row that was never written: a crash or a full disk leaves such rows at the end.
std::vector<std::byte> fill_row(const Table& table) {
  std::vector<std::byte> row(table.row_bytes());
  RowWriter writer(table, row.data());
  for (const Column& column : table.columns())
    writer.put(column.type == ColumnType::int64 ? -1 : std::numeric_limits<double>::quiet_NaN());
  return row;
}

void describe(const hdf5::Dataset& dataset, const Table& table) {
  const hid_t id = dataset.id();
  hdf5::write_fixed_text(id, "CLASS", "TABLE");
  hdf5::write_fixed_text(id, "VERSION", "3.0");
  hdf5::write_fixed_text(id, "TITLE", table.name);
  nlohmann::ordered_json units, descriptions;
  for (std::size_t i = 0; i < table.columns().size(); ++i) {
    const Column& column = table.columns()[i];
    hdf5::write_fixed_text(id, fmt::format("FIELD_{}_NAME", i), field_name(column));
    units[field_name(column)] = column.unit;
    descriptions[field_name(column)] = column.description;
  }
  hdf5::write_fixed_text(id, "description", table.description);
  hdf5::write_fixed_text(id, "units", units.dump());
  hdf5::write_fixed_text(id, "descriptions", descriptions.dump());
}

// Selects rows of the dataset and returns (memory space, file space).
std::pair<hdf5::Space, hdf5::Space> select(const hdf5::Dataset& dataset, hsize_t begin,
                                           hsize_t count) {
  hdf5::Space file(H5Dget_space(dataset.id()), "H5Dget_space");
  hdf5::check(H5Sselect_hyperslab(file.id(), H5S_SELECT_SET, &begin, nullptr, &count, nullptr),
              "H5Sselect_hyperslab");
  return {hdf5::simple_space({count}), std::move(file)};
}

}  // namespace

std::string field_name(const Column& column, FieldNames names) {
  std::string name = column.name;
  if (names == FieldNames::dotted)
    std::replace(name.begin(), name.end(), '/', '.');
  else
    std::replace_if(
        name.begin(), name.end(), [](unsigned char c) { return !std::isalnum(c); }, '_');
  return name;
}

std::string layout_text(const Table& table) {
  std::string text = fmt::format("{}\x1f{}\x1f{}", table.name, table.description, table.timing);
  for (const Column& column : table.columns())
    text += fmt::format("\x1f{}\x1f{}\x1f{}\x1f{}", column.name, static_cast<int>(column.type),
                        column.unit, column.description);
  return text + "\x1e";
}

hdf5::Type row_type(const Table& table, FieldNames names) {
  hdf5::start();
  hdf5::Type type(H5Tcreate(H5T_COMPOUND, table.row_bytes()), "H5Tcreate");
  for (std::size_t c = 0; c < table.columns().size(); ++c) {
    const Column& column = table.columns()[c];
    hdf5::check(H5Tinsert(type.id(), field_name(column, names).c_str(), table.offset(c),
                          stored_type(column.type)),
                "H5Tinsert");
  }
  return type;
}

namespace {

void make_table(hid_t location, const std::string& path, const Table& table,
                const Storage& storage) {
  const hdf5::Type type = row_type(table);
  const hdf5::PropertyList creation = hdf5::dataset_creation();
  if (!storage.growing) hdf5::keep_attributes_together(creation);
  if (storage.growing || storage.rows > 0) {
    hsize_t chunk = std::max<hsize_t>(1, std::min(storage.chunk, kMostChunk) / table.row_bytes());
    if (!storage.growing) chunk = std::min(chunk, storage.rows);
    hdf5::check(H5Pset_chunk(creation.id(), 1, &chunk), "H5Pset_chunk");
    if (storage.checksum) hdf5::check(H5Pset_fletcher32(creation.id()), "H5Pset_fletcher32");
  }
  const std::vector<std::byte> fill = fill_row(table);
  hdf5::check(H5Pset_fill_value(creation.id(), type.id(), fill.data()), "H5Pset_fill_value");
  const hdf5::Space space = storage.growing ? hdf5::simple_space({storage.rows}, {H5S_UNLIMITED})
                                            : hdf5::simple_space({storage.rows});
  describe(hdf5::create_dataset(location, path, type.id(), space, creation), table);
}

// Tables without rows, of which further ones are copies: their attributes cost more than the rows
// of a commit. Of one thread, since its files are.
class Models {
 public:
  // The path in file() of a table that differs in nothing.
  std::string path_of(const Table& table, const Storage& storage) {
    constexpr std::size_t kMost = 64;
    if (!file_ || paths_.size() >= kMost) {
      file_.close();
      paths_.clear();
      file_ = hdf5::create_file_in_memory();
    }
    const std::string key = fmt::format("{}{} {} {} {}", layout_text(table), storage.rows,
                                        storage.growing, storage.checksum, storage.chunk);
    const auto [found, fresh] = paths_.emplace(key, fmt::format("{}", paths_.size()));
    if (fresh) make_table(file_.id(), found->second, table, storage);
    return found->second;
  }
  const hdf5::File& file() const { return file_; }

 private:
  hdf5::File file_;
  std::map<std::string, std::string> paths_;
};

}  // namespace

void create_table(hid_t location, const std::string& path, const Table& table,
                  const Storage& storage) {
  thread_local Models models;
  const std::string model = models.path_of(table, storage);
  hdf5::copy(models.file().id(), model, location, path);
}

void write_rows(const hdf5::Dataset& dataset, const hdf5::Type& type, hsize_t begin,
                std::span<const std::byte> rows) {
  const auto [memory, file] = select(dataset, begin, rows.size() / H5Tget_size(type.id()));
  hdf5::check(H5Dwrite(dataset.id(), type.id(), memory.id(), file.id(), H5P_DEFAULT, rows.data()),
              "H5Dwrite");
}

void read_rows(const hdf5::Dataset& dataset, const hdf5::Type& type, hsize_t begin,
               std::span<std::byte> rows) {
  const auto [memory, file] = select(dataset, begin, rows.size() / H5Tget_size(type.id()));
  hdf5::check(H5Dread(dataset.id(), type.id(), memory.id(), file.id(), H5P_DEFAULT, rows.data()),
              "H5Dread");
}

}  // namespace ganflow
