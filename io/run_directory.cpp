#include "io/run_directory.h"

#include <unistd.h>

#include <cstdio>
#include <cstring>

#include "engine/error.h"
#include "io/checkpoint.h"
#include "io/png.h"
#include "io/rows_file.h"
#include "io/samples_file.h"

namespace ganflow {
namespace {

const char* rows_folder(bool timing) { return timing ? "/timing" : "/rows"; }

std::vector<Table> tables_of(const ReplicaInfo& replica, bool timing) {
  std::vector<Table> tables;
  for (const Table& table : replica.tables)
    if (table.timing == timing) tables.push_back(table);
  return tables;
}

RunLock lock_new_run(const std::string& path) {
  make_directory(path);
  RunLock lock(path);
  if (exists(path + "/run.h5")) {
    const RunIndex found = read_run_index(path);
    fail(Fault::usage,
         "{} already holds a run of '{}' begun at {}; continue it with --resume or choose another "
         "--out",
         path, found.info.graph, found.created);
  }
  for (const std::string& name : directory_entries(path))
    if (name == "metrics.h5" || name.starts_with("replica_"))
      fail(Fault::usage, "{} holds {} of a run whose run.h5 is missing; choose another --out", path,
           name);
  return lock;
}

bool same_tables(const RunInfo& a, const RunInfo& b) {
  const auto same_column = [](const Column& x, const Column& y) {
    return x.name == y.name && x.type == y.type;
  };
  const auto same_table = [&](const Table& x, const Table& y) {
    return x.name == y.name && x.timing == y.timing &&
           std::equal(x.columns.begin(), x.columns.end(), y.columns.begin(), y.columns.end(),
                      same_column);
  };
  return std::equal(a.replicas.begin(), a.replicas.end(), b.replicas.begin(), b.replicas.end(),
                    [&](const ReplicaInfo& x, const ReplicaInfo& y) {
                      return std::equal(x.tables.begin(), x.tables.end(), y.tables.begin(),
                                        y.tables.end(), same_table);
                    });
}

RunIndex resumed(const ResumeState& state, RunInfo info) {
  if (!same_tables(state.index.info, info))
    fail(Fault::usage,
         "run {} has {} replicas of '{}' with other tables than the {} of this one; resume it with "
         "the options it was begun with",
         state.path, state.index.info.replicas.size(), state.index.info.graph,
         info.replicas.size());
  RunIndex index = new_run_index(std::move(info));
  index.run_id = state.index.run_id;
  index.created = state.index.created;
  index.resumes = state.index.resumes + 1;
  return index;
}

// Files of steps beyond the point where a run goes on: computed again, so no longer part of it.
void set_aside(const std::string& directory, std::optional<Step> last) {
  for (const Step step : steps_in(directory)) {
    if (last && step <= *last) continue;
    const std::string path = directory + "/" + step_name(step) + ".h5";
    std::rename(path.c_str(), (path + ".superseded").c_str());
  }
}

void remove_temporaries(const std::string& directory) {
  for (const std::string& name : directory_entries(directory))
    if (name.starts_with(".") && name.ends_with(".tmp")) ::unlink((directory + "/" + name).c_str());
}

}  // namespace

RunDirectory::RunDirectory(const std::string& path, RunInfo info,
                           const RunDirectoryOptions& options)
    : path_(path),
      lock_(lock_new_run(path)),
      index_(new_run_index(std::move(info))),
      options_(options) {
  open();
  write_run_index(path_, index_);
  metrics_->go_live();
  if (timing_) timing_->go_live();
}

RunDirectory::RunDirectory(ResumeState state, RunInfo info, const RunDirectoryOptions& options)
    : path_(state.path),
      lock_(std::move(state.lock)),
      index_(resumed(state, std::move(info))),
      options_(options) {
  open();
  restore(state);
  write_run_index(path_, index_);
  metrics_->go_live();
  if (timing_) timing_->go_live();
}

RunDirectory::~RunDirectory() {
  try {
    close();
  } catch (const std::exception&) {
    // close() is how a caller learns of it; what was committed and flushed is safe either way.
  }
}

void RunDirectory::open() {
  remove_temporaries(path_);
  std::vector<LiveTable> live, clock;
  for (const ReplicaInfo& info : index_.info.replicas)
    for (const Table& table : info.tables)
      (table.timing ? clock : live)
          .push_back({replica_directory(info.index) + "/" + table.name, table});
  metrics_ = std::make_unique<MetricsFile>(path_ + "/metrics.h5", std::move(live));
  if (!clock.empty())
    timing_ = std::make_unique<MetricsFile>(path_ + "/timing.h5", std::move(clock));

  int next[2] = {0, 0};
  for (const ReplicaInfo& info : index_.info.replicas) {
    Replica& replica = replicas_.emplace_back();
    replica.path = path_ + "/" + replica_directory(info.index);
    for (const char* folder : {"/rows", "/checkpoints"}) make_directory(replica.path + folder);
    for (const Table& table : info.tables)
      replica.tables.push_back({(table.timing ? timing_ : metrics_).get(), next[table.timing]++});
    replica.last.rows.assign(info.tables.size(), 0);
    replica.before = replica.last;
  }
}

void RunDirectory::restore(const ResumeState& state) {
  for (std::size_t r = 0; r < replicas_.size(); ++r) {
    Replica& replica = replicas_[r];
    const std::vector<Step>& commits = state.commits[r];
    const std::optional<Restored>& restored = state.restored[r];
    const std::optional<Step> last = restored ? std::optional(restored->step) : std::nullopt;
    for (const char* folder : {"/rows", "/timing", "/checkpoints"}) {
      set_aside(replica.path + folder, last);
      remove_temporaries(replica.path + folder);
    }
    for (const Step step : commits) {
      for (const bool timing : {false, true}) {
        std::vector<LiveRef> into;
        for (const LiveRef& ref : replica.tables)
          if ((ref.file == timing_.get()) == timing) into.push_back(ref);
        const std::string path = replica.path + rows_folder(timing) + "/" + step_name(step) + ".h5";
        if (into.empty() || (timing && !exists(path))) continue;
        read_rows_file(path, tables_of(index_.info.replicas[r], timing),
                       [&](std::size_t i, std::span<const std::byte> block) {
                         into[i].file->append(into[i].table, block);
                       });
      }
      replica.before = std::exchange(replica.last, {step, {}});
      for (const LiveRef& ref : replica.tables)
        replica.last.rows.push_back(ref.file->rows(ref.table));
    }
    // The commit at the restored step may have lost its rows file.
    if (last && replica.last.step != last) {
      replica.before = replica.last;
      replica.last.step = last;
    }
  }
}

void RunDirectory::rows(int replica, int table, std::span<const std::byte> rows) {
  const LiveRef& ref =
      replicas_[static_cast<std::size_t>(replica)].tables[static_cast<std::size_t>(table)];
  ref.file->append(ref.table, rows);
}

// Rows [0, result) have steps <= step; rows are in step order and those before `begin` qualify.
std::uint64_t RunDirectory::rows_until(const LiveRef& ref, std::uint64_t begin, Step step) const {
  std::vector<std::byte> row(ref.file->table(ref.table).row_bytes());
  const auto qualifies = [&](std::uint64_t i) {
    ref.file->read(ref.table, i, row);
    std::int64_t at = 0;
    std::memcpy(&at, row.data(), sizeof at);
    return at <= static_cast<std::int64_t>(step);
  };
  std::uint64_t end = ref.file->rows(ref.table);
  if (end == begin || qualifies(end - 1)) return end;
  while (begin < end) {
    const std::uint64_t middle = begin + (end - begin) / 2;
    if (qualifies(middle))
      begin = middle + 1;
    else
      end = middle;
  }
  return begin;
}

void RunDirectory::write_rows_until(Replica& replica, int index, const Commit& from,
                                    const Commit& to, bool timing) const {
  const ReplicaInfo& info = index_.info.replicas[static_cast<std::size_t>(index)];
  std::vector<TableRows> parts;
  for (std::size_t i = 0; i < info.tables.size(); ++i) {
    if (info.tables[i].timing != timing) continue;
    const LiveRef ref = replica.tables[i];
    const std::uint64_t begin = from.rows[i];
    parts.push_back({&info.tables[i], to.rows[i] - begin,
                     [ref, begin](std::uint64_t offset, std::span<std::byte> out) {
                       ref.file->read(ref.table, begin + offset, out);
                     }});
  }
  if (timing && parts.empty()) return;
  make_directory(replica.path + rows_folder(timing));
  write_rows_file(replica.path + rows_folder(timing) + "/" + step_name(*to.step) + ".h5", index,
                  {from.step, *to.step}, parts);
}

void RunDirectory::commit(int index, const Snapshot& snapshot) {
  Replica& replica = replicas_[static_cast<std::size_t>(index)];
  // A second commit at one step replaces the first one's rows file by one with all rows.
  const Commit& from = replica.last.step == snapshot.step ? replica.before : replica.last;
  Commit to{snapshot.step, replica.last.rows};
  for (std::size_t i = 0; i < replica.tables.size(); ++i)
    to.rows[i] = rows_until(replica.tables[i], to.rows[i], snapshot.step);
  write_rows_until(replica, index, from, to, true);
  write_rows_until(replica, index, from, to, false);
  replica.before = from;
  replica.last = std::move(to);

  const std::string checkpoints = replica.path + "/checkpoints";
  write_checkpoint(checkpoints + "/" + step_name(snapshot.step) + ".h5",
                   index_.info.replicas[static_cast<std::size_t>(index)], snapshot);
  const std::vector<Step> steps = steps_in(checkpoints);
  for (std::size_t i = 0; i + static_cast<std::size_t>(options_.keep_checkpoints) < steps.size();
       ++i)
    ::unlink((checkpoints + "/" + step_name(steps[i]) + ".h5").c_str());
}

void RunDirectory::samples(int replica, const Samples& samples) {
  const std::string directory =
      replicas_[static_cast<std::size_t>(replica)].path + "/" + samples.name;
  make_directory(directory);
  const std::string stem = directory + "/" + step_name(samples.step);
  const Pixels grid = draw(samples);
  write_samples(stem + ".h5", samples, grid);
  write_png(stem + ".png", grid);
}

void RunDirectory::flush() {
  metrics_->flush();
  if (timing_) timing_->flush();
}

void RunDirectory::close() {
  if (std::exchange(closed_, true)) return;
  metrics_->close();
  if (timing_) timing_->close();
  write_run_index(path_, index_);
}

}  // namespace ganflow
