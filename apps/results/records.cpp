#include "apps/results/records.h"

#include <optional>

#include "io/run/resume.h"
#include "io/run/rows_file.h"

namespace ganflow::results {

std::pair<std::string, std::string> table_and_column(const std::string& name) {
  const auto dot = name.find('.');
  return {name.substr(0, dot), dot == name.npos ? "" : name.substr(dot + 1)};
}

Records read_records(const std::string& run, const ReplicaInfo& replica, const std::string& table,
                     const std::vector<std::string>& columns) {
  Records records;
  const std::vector<Table> tables = tables_of(replica, false);
  std::size_t index = 0;
  while (index < tables.size() && tables[index].name != table) ++index;
  if (index == tables.size()) return records;
  std::vector<std::pair<std::size_t, std::vector<double>*>> read;
  for (const std::string& column : columns)
    if (const auto at = tables[index].find(column))
      read.emplace_back(*at, &records.columns[column]);
  const std::string folder = run + "/" + replica_directory(replica.index) + "/rows";
  for (const Step step : steps_in(folder))
    read_rows_file(folder + "/" + step_name(step) + ".h5", tables,
                   [&](std::size_t t, std::span<const std::byte> rows) {
                     if (t != index) return;
                     for (std::size_t r = 0; r < tables[t].count(rows); ++r) {
                       const RowView row = tables[t].row(rows, r);
                       records.steps.push_back(static_cast<Step>(row.step()));
                       for (const auto& [at, values] : read) values->push_back(row.number(at));
                     }
                   });
  return records;
}

}  // namespace ganflow::results
