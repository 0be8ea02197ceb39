#include "io/data/hdf5_labels.h"

#include <algorithm>

#include "engine/error.h"
#include "io/data/hdf5_rows.h"
#include "io/data/hdf5_storage.h"

namespace ganflow {
namespace {

void read_numbers(const std::string& path, const std::string& what, const hdf5::Dataset& labels,
                  const std::vector<hsize_t>& extents, ImageSet& set) {
  std::vector<std::int64_t> values(static_cast<std::size_t>(set.count));
  read_rows(labels, extents, 0, extents[0], H5T_NATIVE_INT64, values.data());
  const std::int64_t greatest = *std::max_element(values.begin(), values.end());
  Extent classes = greatest < kMaxClasses ? greatest + 1 : kMaxClasses;
  if (has_attribute(labels, "classes")) classes = hdf5::read_signed(labels.id(), "classes");
  classes = std::min(classes, kMaxClasses);
  for (std::size_t i = 0; i < values.size(); ++i)
    if (values[i] < 0 || values[i] >= classes)
      fail(Fault::input, "{}: {}[{}] is {}, expected 0 to {}", path, what, i, values[i],
           classes - 1);
  set.labels.assign(values.begin(), values.end());
  set.classes = classes;
}

// Rows of which one element is 1: its place is the label.
void read_one_hot(const std::string& path, const std::string& what, const hdf5::Dataset& labels,
                  const std::vector<hsize_t>& extents, ImageSet& set) {
  const auto classes = static_cast<std::size_t>(extents[1]);
  constexpr std::size_t kBlock = 1 << 23;
  const hsize_t rows = std::max<hsize_t>(1, kBlock / classes);
  std::vector<float> block;
  for (hsize_t begin = 0; begin < extents[0]; begin += rows) {
    const hsize_t n = std::min(rows, extents[0] - begin);
    block.resize(static_cast<std::size_t>(n) * classes);
    read_rows(labels, extents, begin, n, H5T_NATIVE_FLOAT, block.data());
    for (auto row = block.begin(); row != block.end(); row += extents[1]) {
      const auto end = row + static_cast<std::ptrdiff_t>(classes);
      const auto one = std::find(row, end, 1.f);
      if (one == end || std::count(row, end, 0.f) + 1 != end - row)
        fail(Fault::input, "{}: row {} of {} {}: expected one 1 and otherwise 0", path,
             set.labels.size(), what, shape_text(extents));
      set.labels.push_back(static_cast<std::uint16_t>(one - row));
    }
  }
  set.classes = static_cast<Extent>(classes);
}

}  // namespace

void read_hdf5_labels(const std::string& path, const std::string& what, const hdf5::Dataset& labels,
                      ImageSet& set) {
  std::vector<hsize_t> extents = hdf5::extents(labels);
  const bool fits = !extents.empty() && extents[0] == static_cast<hsize_t>(set.count);
  const bool numbers = extents.size() == 1 || (extents.size() == 2 && extents[1] == 1);
  const bool one_hot =
      extents.size() == 2 && extents[1] > 1 && extents[1] <= static_cast<hsize_t>(kMaxClasses);
  const bool integer = is_integer(labels);
  if (!fits || !((numbers && integer) || (one_hot && (integer || is_real(labels)))))
    fail(
        Fault::input,
        "{}: {} {}: expected integers of shape ({}), one for each image, or rows ({},K) with one 1",
        path, what, shape_text(extents), set.count, set.count);
  std::uint64_t elements = 1;
  for (const hsize_t e : extents) elements *= e;
  require_readable(path, labels, what + " " + shape_text(extents), elements);
  if (one_hot)
    read_one_hot(path, what, labels, extents, set);
  else
    read_numbers(path, what, labels, extents, set);
}

}  // namespace ganflow
