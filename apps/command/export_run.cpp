#include "apps/command/export_run.h"

#include <fmt/format.h>

#include "apps/command/export_onnx.h"
#include "apps/command/film.h"
#include "apps/command/say.h"
#include "engine/error.h"
#include "io/disk/durable.h"
#include "io/disk/npz.h"
#include "io/run/csv.h"
#include "io/run/resume.h"
#include "io/run/summary.h"

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

void write_summary(const std::string& path, const std::string& run, const RunInfo& info) {
  std::vector<ReplicaSummary> summaries;
  for (const ReplicaInfo& replica : info.replicas) summaries.push_back(read_summary(run, replica));
  const std::string text = summary_csv(summary_columns(info, summaries));
  write_durably(path, std::as_bytes(std::span(text)));
  say("{}: {} replicas\n", path, info.replicas.size());
}

}  // namespace

int export_run(const ExportOptions& o, const FindGraph& find) {
  RunInfo info = read_run_index(o.run).info;
  std::vector<ReplicaInfo>& replicas = info.replicas;
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
    if (o.onnx)
      export_onnx({.run = o.run, .replica = replica.index, .step = o.step}, find, stem + ".onnx");
    if (o.gif) write_films(o.run, replica.index, stem);
    if (!o.csv) continue;
    for (const Table& table : replica.tables) {
      const std::string path = stem + "_" + table.name + ".csv";
      write_csv(path, o.run, replica, table);
      say("{}\n", path);
    }
  }
  if (o.csv) write_summary(out + "/summary.csv", o.run, info);
  return 0;
}

}  // namespace ganflow::cli
