#include "io/run/run_directory.h"

#include <unistd.h>

#include <algorithm>
#include <string_view>

#include "engine/error.h"
#include "io/images/png.h"
#include "io/run/checkpoint.h"
#include "io/run/rows_file.h"
#include "io/run/run_opening.h"
#include "io/run/samples_file.h"

namespace ganflow {
namespace {

const char* rows_folder(bool timing) { return timing ? "timing" : "rows"; }

// Samples have a folder of their name beside those of the replica.
void require_folder_name(const std::string& name) {
  const auto unprintable = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
  if (name.empty() || name[0] == '.' || name.find('/') != std::string::npos ||
      std::any_of(name.begin(), name.end(), unprintable))
    fail(Fault::usage,
         "samples '{}' cannot be kept in a folder of that name; name them by letters, digits and _",
         name);
  for (const char* taken : {"rows", "timing", "checkpoints"})
    if (name == taken)
      fail(Fault::usage,
           "samples cannot be named '{}', a folder of the run directory; choose another name",
           name);
}

// Whether the disk takes anything at all, asked without the HDF5 library.
Grace grace_of(const std::string& own, const RunLock& lock, const RunDirectoryOptions& options) {
  Grace grace = options.grace;
  grace.probe = [own, &lock] {
    lock.require_in_place();
    const std::string path = own + "/.probe";
    write_durably(path, std::vector<std::byte>(1 << 16));
    ::unlink(path.c_str());
  };
  return grace;
}

// Bytes of the leading rows with steps <= step; rows are in step order.
std::size_t bytes_until(const std::vector<std::byte>& rows, const Table& table, Step step) {
  std::size_t count = table.count(rows);
  while (count > 0 && table.row(rows, count - 1).step() > static_cast<std::int64_t>(step)) --count;
  return count * table.row_bytes();
}

}  // namespace

RunDirectory::RunDirectory(const std::string& path, RunInfo info,
                           const RunDirectoryOptions& options)
    : path_(path),
      own_(path),
      lock_(lock_new_run(path)),
      index_(new_run_index(std::move(info))),
      options_(options),
      insist_(grace_of(own_, lock_, options)) {
  open(nullptr);
}

RunDirectory::RunDirectory(ResumeState state, RunInfo info, const RunDirectoryOptions& options)
    : path_(state.path),
      own_(options.part ? path_ + "/" + replica_directory(info.replicas.at(0).index) : path_),
      lock_(std::move(state.lock)),
      index_(resumed(state, std::move(info))),
      options_(options),
      insist_(grace_of(own_, lock_, options)) {
  open(&state);
}

RunDirectory::~RunDirectory() {
  // A flush that fails may spoil what earlier ones made safe, so none is tried on a full disk.
  if (insist_.gave_up()) {
    for (const auto& file : live_)
      if (file) file->leave();
    return;
  }
  try {
    close();
  } catch (const std::exception&) {
    // close() is how a caller learns of it; what was committed and flushed is safe either way.
  }
}

template <class Body>
void RunDirectory::output(Body&& body) {
  insist_([&] {
    lock_.require_in_place();
    body();
  });
}

std::string RunDirectory::rows_path(const Replica& replica, Step step, bool timing) const {
  return replica.path + "/" + rows_folder(timing) + "/" + step_name(step) + ".h5";
}

void RunDirectory::open(const ResumeState* state) {
  remove_temporaries(own_);
  std::array<int, 2> next{};
  for (std::size_t r = 0; r < index_.info.replicas.size(); ++r) {
    const ReplicaInfo& info = index_.info.replicas[r];
    Replica& replica = replicas_.emplace_back(Replica{path_ + "/" + replica_directory(info.index),
                                                      {},
                                                      {},
                                                      {},
                                                      {},
                                                      {options_.keep, info.tables},
                                                      ReplicaSummary(info.tables)});
    for (const Table& table : info.tables) replica.place.push_back(next[table.timing]++);
    replica.pending.resize(info.tables.size());
    if (state == nullptr) continue;
    replica.summary.failed(read_failure(replica.path));
    replica.commits = state->commits[r];
    if (state->restored[r]) replica.last = state->restored[r]->step;
    for (const char* folder : {"/rows", "/timing", "/checkpoints"}) {
      set_aside(replica.path + folder, replica.last);
      remove_temporaries(replica.path + folder);
    }
    for (const Step step : replica.commits) {
      read_rows(r, step, false, [&](int table, std::span<const std::byte> rows) {
        replica.keeper.saw(table, rows);
        replica.summary.saw(table, rows);
      });
      replica.keeper.committed(step);
    }
  }
  // First, so that whatever else is there belongs to a run that can be resumed.
  write_index();
  std::vector<std::string> folders;
  for (const ReplicaInfo& info : index_.info.replicas)
    for (const char* folder : {"/rows", "/timing", "/checkpoints"})
      if (folder != std::string_view("/timing") || has_timing(index_.info))
        folders.push_back(replica_directory(info.index) + folder);
  make_directories_below(path_, folders);
  live_[0] = make_live(false);
  if (has_timing(index_.info)) live_[1] = make_live(true);
  if (!options_.part)  // those of parts that this run had: what they held is in the whole ones now
    for (const Replica& replica : replicas_) remove_live_files(replica.path);
}

// A live file with all rows so far: those committed, then those pending.
std::unique_ptr<MetricsFile> RunDirectory::make_live(bool timing) const {
  std::vector<LiveTable> tables;
  std::vector<LiveGroup> groups;
  for (const ReplicaInfo& info : index_.info.replicas) {
    const std::string name = replica_directory(info.index);
    const std::vector<Table> own = tables_of(info, timing);
    for (const Table& table : own) tables.push_back({name + "/" + table.name, table});
    if (!own.empty()) groups.push_back({name, info.seed, info.settings});
  }
  auto file = std::make_unique<MetricsFile>(own_ + live_file(timing), std::move(tables), groups);
  for (std::size_t r = 0; r < replicas_.size(); ++r) {
    const Replica& replica = replicas_[r];
    const std::vector<Table>& all = index_.info.replicas[r].tables;
    for (const Step step : replica.commits)
      read_rows(r, step, timing, [&](int table, std::span<const std::byte> rows) {
        file->append(replica.place[static_cast<std::size_t>(table)], rows);
      });
    for (std::size_t t = 0; t < all.size(); ++t)
      if (all[t].timing == timing) file->append(replica.place[t], replica.pending[t]);
  }
  file->go_live();
  return file;
}

// Replaces a live file that could not be written; false if it is all right.
bool RunDirectory::made_again(bool timing) {
  if (!live_[timing]->failed()) return false;
  live_[timing] = make_live(timing);
  return true;
}

template <class Take>
void RunDirectory::read_rows(std::size_t r, Step step, bool timing, Take&& take) const {
  const std::string path = rows_path(replicas_[r], step, timing);
  const std::vector<Table>& all = index_.info.replicas[r].tables;
  std::vector<int> index;
  for (std::size_t t = 0; t < all.size(); ++t)
    if (all[t].timing == timing) index.push_back(static_cast<int>(t));
  if (index.empty() || (timing && !exists(path))) return;
  read_rows_file(path, tables_of(index_.info.replicas[r], timing),
                 [&](std::size_t i, std::span<const std::byte> rows) { take(index[i], rows); });
}

void RunDirectory::rows(int replica, int table, std::span<const std::byte> rows) {
  const auto r = static_cast<std::size_t>(replica), t = static_cast<std::size_t>(table);
  Replica& to = replicas_[r];
  to.pending[t].insert(to.pending[t].end(), rows.begin(), rows.end());
  to.keeper.saw(table, rows);
  to.summary.saw(table, rows);
  const bool timing = index_.info.replicas[r].tables[t].timing;
  output([&] {
    if (!made_again(timing)) live_[timing]->append(to.place[t], rows);
  });
}

// A second commit at one step replaces the first one's rows file by one with all rows.
void RunDirectory::take_back(std::size_t r) {
  Replica& replica = replicas_[r];
  const Step step = replica.commits.back();
  std::vector<std::vector<std::byte>> all(replica.pending.size());
  for (const bool timing : {false, true})
    read_rows(r, step, timing, [&](int table, std::span<const std::byte> rows) {
      auto& into = all[static_cast<std::size_t>(table)];
      into.insert(into.end(), rows.begin(), rows.end());
    });
  for (std::size_t t = 0; t < all.size(); ++t)
    replica.pending[t].insert(replica.pending[t].begin(), all[t].begin(), all[t].end());
  replica.commits.pop_back();
}

void RunDirectory::commit_rows(std::size_t r, Step step) {
  Replica& replica = replicas_[r];
  const ReplicaInfo& info = index_.info.replicas[r];
  RowsSpan span{replica.last, step};
  if (replica.last == step) {
    span.after.reset();
    if (!replica.commits.empty()) span.after = replica.commits.back();
  }
  std::vector<std::size_t> taken(info.tables.size());
  for (const bool timing : {true, false}) {
    std::vector<TableRows> parts;
    for (std::size_t t = 0; t < info.tables.size(); ++t) {
      if (info.tables[t].timing != timing) continue;
      taken[t] = bytes_until(replica.pending[t], info.tables[t], step);
      parts.push_back({&info.tables[t], std::span(replica.pending[t]).first(taken[t])});
    }
    if (timing && parts.empty()) continue;
    make_directories_below(replica.path, {rows_folder(timing)});
    write_rows_file(rows_path(replica, step, timing), info.index, span, parts);
  }
  replica.commits.push_back(step);
  replica.last = step;
  for (std::size_t t = 0; t < taken.size(); ++t) {
    auto& pending = replica.pending[t];
    pending.erase(pending.begin(), pending.begin() + static_cast<std::ptrdiff_t>(taken[t]));
  }
}

void RunDirectory::commit(int index, const Snapshot& snapshot) {
  const auto r = static_cast<std::size_t>(index);
  Replica& replica = replicas_[r];
  const std::string folder = replica.path + "/checkpoints/";
  if (!replica.commits.empty() && replica.commits.back() == snapshot.step) take_back(r);
  output([&] { commit_rows(r, snapshot.step); });
  output([&] {
    write_checkpoint(folder + step_name(snapshot.step) + ".h5", index_.info.replicas[r], snapshot);
  });
  replica.keeper.committed(snapshot.step);
  if (!replica.summary.failure().empty()) {
    replica.summary.failed("");
    ::unlink((replica.path + kFailureFile).c_str());
  }
  output([&] {
    for (const Step step : replica.keeper.superfluous(steps_in(folder)))
      ::unlink((folder + step_name(step) + ".h5").c_str());
  });
}

void RunDirectory::samples(int replica, const Samples& samples) {
  require_folder_name(samples.name);
  const std::string& parent = replicas_[static_cast<std::size_t>(replica)].path;
  const std::string directory = parent + "/" + samples.name;
  const std::string stem = directory + "/" + step_name(samples.step);
  const bool drawn = samples.picture.drawn;
  const Pixels grid = drawn ? draw(samples) : Pixels{};
  require_no_link(directory);
  output([&] {
    make_directories_below(parent, {samples.name});
    write_samples(stem + ".h5", samples, grid);
    if (drawn) write_png(stem + ".png", grid);
  });
}

void RunDirectory::failed(int index, const std::string& why) {
  Replica& replica = replicas_[static_cast<std::size_t>(index)];
  replica.summary.failed(why);
  output([&] { write_durably(replica.path + kFailureFile, std::as_bytes(std::span(why))); });
}

void RunDirectory::write_index() {
  if (options_.part) return;
  std::vector<ReplicaSummary> summaries;
  for (const Replica& replica : replicas_) summaries.push_back(replica.summary);
  index_.summary = summary_columns(index_.info, summaries);
  write_run_index(path_, index_);
}

void RunDirectory::flush() {
  for (const bool timing : {false, true})
    if (live_[timing])
      output([&] {
        made_again(timing);
        live_[timing]->flush();
      });
}

void RunDirectory::close() {
  if (std::exchange(closed_, true)) return;
  for (const bool timing : {false, true})
    if (live_[timing])
      output([&] {
        made_again(timing);
        live_[timing]->close();
      });
  if (options_.part) return;
  output([&] {
    index_.files = immutable_files(path_, index_.info);
    write_index();
  });
}

}  // namespace ganflow
