#include "io/run/csv.h"

#include <fmt/format.h>

#include "io/disk/durable.h"
#include "io/run/resume.h"
#include "io/run/rows_file.h"
#include "io/run/table.h"

namespace ganflow {
namespace {

void add_row(std::string& text, const Table& table, const RowView& row) {
  for (std::size_t c = 0; c < table.columns().size(); ++c) {
    if (c > 0) text += ',';
    switch (table.columns()[c].type) {
      case ColumnType::int64:
        text += fmt::format("{}", c == 0 ? row.step() : static_cast<std::int64_t>(row.number(c)));
        break;
      case ColumnType::float32:
        text += fmt::format("{}", static_cast<float>(row.number(c)));
        break;
      case ColumnType::float64:
        text += fmt::format("{}", row.number(c));
        break;
    }
  }
  text += '\n';
}

}  // namespace

std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == text.npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

void write_csv(const std::string& path, const std::string& run, const ReplicaInfo& replica,
               const Table& table) {
  std::string text;
  for (const Column& column : table.columns())
    text.append(text.empty() ? "" : ",").append(csv_field(field_name(column)));
  text += '\n';
  std::vector<Table> beside;  // the tables of one file
  std::size_t index = 0;
  for (const Table& other : tables_of(replica, table.timing)) {
    if (other.name == table.name) index = beside.size();
    beside.push_back(other);
  }
  const std::string folder =
      run + "/" + replica_directory(replica.index) + (table.timing ? "/timing" : "/rows");
  for (const Step step : steps_in(folder))
    read_rows_file(folder + "/" + step_name(step) + ".h5", beside,
                   [&](std::size_t t, std::span<const std::byte> rows) {
                     if (t != index) return;
                     for (std::size_t r = 0; r < table.count(rows); ++r)
                       add_row(text, table, table.row(rows, r));
                   });
  write_durably(path, std::as_bytes(std::span(text)));
}

}  // namespace ganflow
