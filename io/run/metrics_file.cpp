#include "io/run/metrics_file.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "io/disk/durable.h"
#include "io/run/table.h"

namespace ganflow {
namespace {

constexpr std::size_t kMostOpen = 256;
// Of the first chunks of all tables together: those of a thousand tables are whole.
constexpr std::size_t kFirstChunks = 32 << 20;

}  // namespace

template <class Body>
void MetricsFile::writing(Body&& body) {
  hdf5::start();  // rows come from another thread than the one that made the file
  if (!failure_) {
    try {
      hdf5::forget_failed_closes();
      body();
      hdf5::check_closes();
      return;
    } catch (const hdf5::Failure& failure) {
      failure_ = failure;
      leave();
      if (!live_) ::unlink(temporary_.c_str());
    }
  }
  cannot_write(path_, failure_->what(), failure_->error());
}

MetricsFile::MetricsFile(std::string path, std::vector<LiveTable> tables,
                         const std::vector<LiveGroup>& groups)
    : path_(std::move(path)), temporary_(temporary_name(path_)) {
  writing([&] {
    file_ = hdf5::create_file(temporary_, {.live = true});
    hdf5::write_fixed_text(file_.id(), "schema", "1.0");
    hdf5::write_fixed_text(file_.id(), "kind", std::filesystem::path(path_).stem().string());
    const std::size_t chunk =
        std::max(kLeastChunk, kFirstChunks / std::max<std::size_t>(1, tables.size()));
    for (LiveTable& spec : tables) {
      create_table(file_.id(), spec.path, spec.table, {.growing = true, .chunk = chunk});
      tables_.push_back({.spec = std::move(spec), .type = {}, .dataset = {}});
    }
    for (const LiveGroup& spec : groups) {
      const hdf5::Group group = hdf5::make_groups(file_.id(), spec.path);
      hdf5::write_number(group.id(), "seed", spec.seed);
      for (const auto& [name, value] : spec.settings)
        hdf5::write_fixed_text(group.id(), name, value);
    }
  });
}

MetricsFile::~MetricsFile() {
  if (!live_ && !failed()) ::unlink(temporary_.c_str());
}

void MetricsFile::leave() {
  for (const int table : open_) tables_[static_cast<std::size_t>(table)].dataset.abandon();
  file_.abandon();
}

const hdf5::Dataset& MetricsFile::opened(int table) {
  Growing& wanted = tables_[static_cast<std::size_t>(table)];
  if (wanted.dataset) return wanted.dataset;
  if (open_.size() == kMostOpen) {
    tables_[static_cast<std::size_t>(open_.front())].dataset.close();
    tables_[static_cast<std::size_t>(open_.front())].type = {};
    open_.pop_front();
  }
  wanted.type = row_type(wanted.spec.table);
  wanted.dataset = hdf5::open_dataset(file_.id(), wanted.spec.path);
  open_.push_back(table);
  return wanted.dataset;
}

void MetricsFile::close_tables() {
  for (const int table : open_) tables_[static_cast<std::size_t>(table)].dataset.close();
  open_.clear();
}

void MetricsFile::append(int table, std::span<const std::byte> rows) {
  Growing& to = tables_[static_cast<std::size_t>(table)];
  const std::uint64_t count = rows.size() / to.spec.table.row_bytes();
  if (count == 0) return;
  writing([&] {
    const hdf5::Dataset& dataset = opened(table);
    const hsize_t extent = to.rows + count;
    hdf5::check(H5Dset_extent(dataset.id(), &extent), "H5Dset_extent");
    write_rows(dataset, to.type, to.rows, rows);
  });
  to.rows += count;
  dirty_ = true;
}

void MetricsFile::go_live() {
  writing([&] {
    // Open objects would be closed and opened again by the library; one dataset at a time is the
    // documented way.
    close_tables();
    hdf5::check(H5Fflush(file_.id(), H5F_SCOPE_GLOBAL), "H5Fflush");
    hdf5::check(H5Fstart_swmr_write(file_.id()), "H5Fstart_swmr_write");
  });
  put_in_place(temporary_, path_);
  live_ = true;
  dirty_ = false;
}

void MetricsFile::flush() {
  if (!dirty_) return;
  writing([&] { hdf5::check(H5Fflush(file_.id(), H5F_SCOPE_GLOBAL), "H5Fflush"); });
  dirty_ = false;
}

void MetricsFile::close() {
  if (!file_ && !failure_) return;
  flush();
  writing([&] {
    close_tables();
    file_.close();
  });
}

}  // namespace ganflow
