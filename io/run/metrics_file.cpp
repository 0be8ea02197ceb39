#include "io/run/metrics_file.h"

#include <unistd.h>

#include <filesystem>

#include "io/disk/durable.h"
#include "io/run/table.h"

namespace ganflow {

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
    for (LiveTable& spec : tables) {
      hdf5::Type type = row_type(spec.table);
      hdf5::Dataset dataset = create_table(file_.id(), spec.path, spec.table, {.growing = true});
      tables_.push_back({std::move(spec), std::move(type), std::move(dataset), 0});
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
  for (Open& open : tables_) open.dataset.abandon();
  file_.abandon();
}

void MetricsFile::append(int table, std::span<const std::byte> rows) {
  Open& open = tables_[static_cast<std::size_t>(table)];
  const std::uint64_t count = rows.size() / open.spec.table.row_bytes();
  if (count == 0) return;
  writing([&] {
    const hsize_t extent = open.rows + count;
    hdf5::check(H5Dset_extent(open.dataset.id(), &extent), "H5Dset_extent");
    write_rows(open.dataset, open.type, open.rows, rows);
  });
  open.rows += count;
  dirty_ = true;
}

void MetricsFile::go_live() {
  writing([&] {
    // Open objects would be closed and opened again by the library; one dataset at a time is the
    // documented way.
    for (Open& open : tables_) open.dataset.close();
    hdf5::check(H5Fflush(file_.id(), H5F_SCOPE_GLOBAL), "H5Fflush");
    hdf5::check(H5Fstart_swmr_write(file_.id()), "H5Fstart_swmr_write");
    for (Open& open : tables_) open.dataset = hdf5::open_dataset(file_.id(), open.spec.path);
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
    for (Open& open : tables_) open.dataset.close();
    file_.close();
  });
}

}  // namespace ganflow
