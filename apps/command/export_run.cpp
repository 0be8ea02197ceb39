#include "apps/command/export_run.h"

#include <fmt/format.h>

#include <set>

#include "apps/command/film.h"
#include "apps/command/say.h"
#include "engine/error.h"
#include "io/disk/durable.h"
#include "io/disk/npz.h"
#include "io/run/csv.h"
#include "io/run/resume.h"
#include "io/run/rows_file.h"

namespace ganflow::cli {
namespace {

void write_weights(const std::string& path, const Checkpoint& checkpoint) {
  const auto step = static_cast<std::int64_t>(checkpoint.state.step);
  std::vector<NpzArray> arrays{{"step", "<i8", Shape{}, std::as_bytes(std::span(&step, 1))}};
  for (const auto& [name, values] : checkpoint.state.variables)
    arrays.push_back({name, "<f4", checkpoint.shapes.at(name), std::as_bytes(std::span(values))});
  write_npz(path, arrays);
  say("{}: {} arrays of step {}\n", path, arrays.size() - 1, step);
}

// The last row of each table of a replica, "quality.kl" -> "0.53".
std::map<std::string, std::string> last_values(const std::string& run, const ReplicaInfo& replica) {
  std::map<std::string, std::string> values;
  const std::vector<Table> tables = tables_of(replica, false);
  const std::string folder = run + "/" + replica_directory(replica.index) + "/rows";
  for (const Step step : steps_in(folder))
    read_rows_file(folder + "/" + step_name(step) + ".h5", tables,
                   [&](std::size_t t, std::span<const std::byte> rows) {
                     const Table& table = tables[t];
                     if (rows.empty()) return;
                     const RowView last = table.last_row(rows);
                     for (std::size_t c = 1; c < table.columns().size(); ++c)
                       values[table.name + "." + table.columns()[c].name] =
                           fmt::format("{:.9g}", last.number(c));
                   });
  return values;
}

void write_summary(const std::string& path, const std::string& run,
                   const std::vector<ReplicaInfo>& replicas) {
  std::set<std::string> settings, columns;
  std::vector<std::map<std::string, std::string>> values;
  for (const ReplicaInfo& replica : replicas) {
    values.push_back(last_values(run, replica));
    for (const auto& [name, value] : replica.settings) settings.insert(name);
    for (const auto& [name, value] : values.back()) columns.insert(name);
  }
  std::string text = "replica,seed";
  for (const auto* names : {&settings, &columns})
    for (const std::string& name : *names) text.append(",").append(csv_field(name));
  text += '\n';
  const auto add = [&](const std::map<std::string, std::string>& all, const std::string& name) {
    const auto found = all.find(name);
    text += ',';
    if (found != all.end()) text += csv_field(found->second);
  };
  for (std::size_t r = 0; r < replicas.size(); ++r) {
    text += fmt::format("{},{}", replicas[r].index, replicas[r].seed);
    for (const std::string& name : settings) add(replicas[r].settings, name);
    for (const std::string& name : columns) add(values[r], name);
    text += '\n';
  }
  write_durably(path, std::as_bytes(std::span(text)));
  say("{}: {} replicas\n", path, replicas.size());
}

}  // namespace

int export_run(const ExportOptions& o) {
  const RunIndex index = read_run_index(o.run);
  std::vector<ReplicaInfo> replicas = index.info.replicas;
  if (o.replica) {
    const auto count = static_cast<int>(replicas.size());
    if (*o.replica >= count)
      fail(Fault::usage, "--replica {}: the run has replicas 0 to {}", *o.replica, count - 1);
    replicas = {replicas[static_cast<std::size_t>(*o.replica)]};
  }
  const std::string out = o.out.empty() ? o.run + "/export" : o.out;
  make_directory(out);
  for (const ReplicaInfo& replica : replicas) {
    const std::string stem = out + "/" + replica_directory(replica.index);
    std::vector<std::string> messages;
    const Checkpoint checkpoint = load_checkpoint(o.run, replica.index, o.step, &messages);
    for (const std::string& message : messages) say(stderr, "{}\n", shown(message));
    write_weights(stem + ".npz", checkpoint);
    if (o.gif) write_films(o.run, replica.index, stem);
    if (!o.csv) continue;
    for (const Table& table : replica.tables) {
      const std::string path = stem + "_" + table.name + ".csv";
      write_csv(path, o.run, replica, table);
      say("{}\n", path);
    }
  }
  if (o.csv) write_summary(out + "/summary.csv", o.run, replicas);
  return 0;
}

}  // namespace ganflow::cli
