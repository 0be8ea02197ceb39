#include "io/run/verify_live.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <vector>

#include "engine/error.h"
#include "io/run/resume.h"
#include "io/run/rows_file.h"
#include "io/run/table.h"

namespace ganflow {
namespace {

// Whether the live file was closed: then any tool opens it, and it holds every committed row.
bool was_closed(const std::string& path) {
  try {
    hdf5::open_file(path);
    return true;
  } catch (const hdf5::Failure&) {
    return false;
  }
}

// Whether what has this name lies in another file.
bool is_link(const hdf5::File& file, const std::string& name) {
  H5L_info_t info{};
  return H5Lget_info(file.id(), name.c_str(), &info, H5P_DEFAULT) >= 0 &&
         info.type == H5L_TYPE_EXTERNAL;
}

// One table of a live file, compared block by block with what was committed of it.
class LiveTableCheck {
 public:
  LiveTableCheck(const hdf5::File& file, std::string name, const Table& table)
      : name_(std::move(name)),
        type_(row_type(table)),
        dataset_(hdf5::open_dataset(file.id(), name_)),
        table_(table) {
    const hdf5::Type found(H5Dget_type(dataset_.id()), "H5Dget_type");
    const std::vector<hsize_t> extents = hdf5::extents(dataset_);
    if (extents.size() != 1 || H5Tequal(type_.id(), found.id()) <= 0)
      fail(Fault::input, "table '{}' has other columns than run.h5 says", name_);
    rows_ = extents[0];
  }

  void committed(std::span<const std::byte> expected) {
    const std::uint64_t n = std::min<std::uint64_t>(table_.count(expected), rows_ - at_);
    if (n == 0) return;
    std::vector<std::byte> found(n * table_.row_bytes());
    read_rows(dataset_, type_, at_, found);
    if (std::memcmp(found.data(), expected.data(), found.size()) != 0)
      fail(Fault::input, "table '{}': rows {} to {} are not those that were committed", name_, at_,
           at_ + n - 1);
    at_ += n;
  }

  // Rows after the committed ones: steps do not fall; rows never written (step -1) end it. Returns
  // how many rows there are.
  std::uint64_t rest() {
    std::int64_t last = 0;
    std::vector<std::byte> row(table_.row_bytes());
    std::uint64_t whole = at_;
    for (std::uint64_t i = at_; i < rows_; ++i) {
      read_rows(dataset_, type_, i, row);
      const std::int64_t step = table_.row(row, 0).step();
      if (step == -1) continue;
      if (step < last || whole != i)
        fail(Fault::input, "table '{}': row {} of step {} comes after step {}", name_, i, step,
             whole != i ? -1 : last);
      last = step;
      whole = i + 1;
    }
    return whole;
  }

 private:
  std::string name_;
  hdf5::Type type_;
  hdf5::Dataset dataset_;
  const Table& table_;
  std::uint64_t rows_ = 0, at_ = 0;
};

}  // namespace

std::string check_live(const std::string& run, const RunIndex& index, bool timing,
                       std::optional<int> only) {
  const std::string path = (only ? run + "/" + replica_directory(*only) : run) + live_file(timing);
  const bool closed = was_closed(path);
  const hdf5::File file = hdf5::open_file(path, true);
  std::uint64_t rows = 0, committed = 0, links = 0;
  for (const ReplicaInfo& replica : index.info.replicas) {
    if (only && replica.index != *only) continue;
    const std::string name = replica_directory(replica.index);
    if (!only && is_link(file, name)) {
      ++links;
      continue;
    }
    const std::vector<Table> tables = tables_of(replica, timing);
    std::vector<LiveTableCheck> checks;
    for (const Table& table : tables) checks.emplace_back(file, name + "/" + table.name, table);
    const std::string folder = run + "/" + name + (timing ? "/timing" : "/rows");
    std::vector<std::uint64_t> all(tables.size());
    for (const Step step : steps_in(folder))
      read_rows_file(folder + "/" + step_name(step) + ".h5", tables,
                     [&](std::size_t t, std::span<const std::byte> block) {
                       checks[t].committed(block);
                       all[t] += tables[t].count(block);
                     });
    for (std::size_t t = 0; t < tables.size(); ++t) {
      const std::uint64_t there = checks[t].rest();
      if (closed && there < all[t])
        fail(Fault::input, "table '{}/{}' has {} rows, {} were committed", name, tables[t].name,
             there, all[t]);
      rows += there;
      committed += std::min(all[t], there);
    }
  }
  if (links > 0)
    return fmt::format("links to the files of {} replica{}", links, links == 1 ? "" : "s");
  return fmt::format("{} rows, {} of them committed{}", rows, committed,
                     closed ? "" : ", not closed");
}

}  // namespace ganflow
