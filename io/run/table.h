// How a Table looks in HDF5, in live and in immutable files: a one-dimensional dataset of packed
// compounds that h5py, pandas, PyTables and MATLAB read as a table.
#pragma once

#include <span>

#include "engine/graph/sink.h"
#include "io/disk/hdf5.h"

namespace ganflow {

// How columns are named in files: by identifiers, so that PyTables can ask for them and pandas does
// not warn: '/', '.' and all that is no letter or digit are '_'. Runs begun
// before this was so have dots.
enum class FieldNames { identifiers, dotted };
std::string field_name(const Column& column, FieldNames names = FieldNames::identifiers);

// Equal for tables that differ in nothing that is written of them, whose rows may differ.
std::string layout_text(const Table& table);

// Packed compound of the columns, little endian: the bytes of Sink::rows as they are.
hdf5::Type row_type(const Table& table, FieldNames names = FieldNames::identifiers);

constexpr std::size_t kLeastChunk = 4096, kMostChunk = 32768;  // bytes

struct Storage {
  hsize_t rows = 0;
  bool growing = false;            // unlimited, filled with step -1 and not-a-number
  bool checksum = false;           // Fletcher32 per chunk
  std::size_t chunk = kMostChunk;  // bytes, about; no more than kMostChunk
};

// Creates the dataset at `path` with the attributes CLASS, VERSION, TITLE, FIELD_i_NAME (PyTables),
// units and descriptions (JSON objects by column) and description.
void create_table(hid_t location, const std::string& path, const Table& table,
                  const Storage& storage);

// Whole rows [begin, begin + bytes / row_bytes) of a dataset made by create_table.
void write_rows(const hdf5::Dataset& dataset, const hdf5::Type& type, hsize_t begin,
                std::span<const std::byte> rows);
void read_rows(const hdf5::Dataset& dataset, const hdf5::Type& type, hsize_t begin,
               std::span<std::byte> rows);

}  // namespace ganflow
