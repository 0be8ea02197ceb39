#include "io/data/hdf5_images.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <optional>

#include "engine/error.h"
#include "io/data/hdf5_labels.h"
#include "io/data/hdf5_rows.h"
#include "io/data/hdf5_storage.h"
#include "io/disk/child.h"
#include "io/disk/durable.h"
#include "io/disk/hdf5.h"

namespace ganflow {
namespace {

bool is_byte(const hdf5::Dataset& dataset) {
  const hdf5::Type type(H5Dget_type(dataset.id()), "H5Dget_type");
  return H5Tget_class(type.id()) == H5T_INTEGER && H5Tget_size(type.id()) == 1 &&
         H5Tget_sign(type.id()) == H5T_SGN_NONE;
}

double file_megabytes(const std::string& path) {
  std::error_code error;
  const auto bytes = std::filesystem::file_size(path, error);
  return error ? 0 : static_cast<double>(bytes) / 1e6;
}

// How numbers become grey levels: level = 255 (value - lo) / (hi - lo).
struct Levels {
  float lo = 0, hi = 1;
  std::uint8_t of(float value) const {
    return static_cast<std::uint8_t>(
        std::lround(255 * std::clamp((value - lo) / (hi - lo), 0.f, 1.f)));
  }
};

class Packed {
 public:
  Packed(const std::string& path, const hdf5::File& file, const PackedNames& names)
      : path_(path), file_(file), names_(names) {}

  ImageSet read() {
    choose_names();
    const hdf5::Dataset images = find_dataset(path_, file_, names_.images);
    if (!images) refuse_missing();
    what_ = "/" + names_.images;
    const std::vector<hsize_t> extents = hdf5::extents(images);
    const bool bytes_stored = is_byte(images);
    if (!bytes_stored && !is_real(images))
      fail(Fault::input,
           "{}: {} {} has elements of another type: expected uint8, or floating point numbers from "
           "0 to 1 or from -1 to 1",
           path_, what_, shape_text(extents));
    axes_ = axes_of(images, extents);
    const auto extent = [&](char axis) {
      const auto at = axes_.find(axis);
      return at == std::string::npos ? hsize_t{1} : extents[at];
    };
    const hsize_t count = extents[0], channels = extent('C');
    if (channels != 1 && channels != 3)
      fail(Fault::input, "{}: {} {} [{}] has {} channels, expected 1 or 3", path_, what_,
           shape_text(extents), axes_, channels);
    std::uint64_t bytes = 1;
    for (const hsize_t e : extents) {
      if (e == 0 || e > kMaxImageSetBytes / bytes)
        fail(Fault::input, "{}: {} {} holds no image or more than {} bytes", path_, what_,
             shape_text(extents), kMaxImageSetBytes);
      bytes *= e;
    }
    const std::string what = fmt::format("{} {}", what_, shape_text(extents));
    require_readable(path_, images, what, bytes);

    ImageSet set{.count = static_cast<Extent>(count),
                 .channels = static_cast<Extent>(channels),
                 .height = static_cast<Extent>(extent('H')),
                 .width = static_cast<Extent>(extent('W'))};
    set.bytes.resize(bytes);
    std::optional<Levels> levels;
    if (!bytes_stored) levels = levels_of(images, extents, set);
    read_images(images, extents, levels, set);
    if (levels)
      set.notes.push_back(fmt::format("{}: {} are numbers from {} to 1, kept as 256 levels", path_,
                                      what_, levels->lo));
    if (const hdf5::Dataset labels = find_dataset(path_, file_, names_.labels))
      read_hdf5_labels(path_, "/" + names_.labels, labels, set);
    else if (labels_named_)
      fail(Fault::input, "{} has no dataset /{}", path_, names_.labels);
    else
      set.unlabelled = fmt::format("{} has no dataset /{}", path_, names_.labels);
    return set;
  }

 private:
  void choose_names() {
    for (std::string* name : {&names_.images, &names_.labels})
      name->erase(0, name->find_first_not_of('/'));
    labels_named_ = !names_.labels.empty();
    const auto exists = [&](const std::string& name) {
      return static_cast<bool>(find_dataset(path_, file_, name));
    };
    std::string group = names_.split;
    if (group.empty() && names_.images.empty() && !exists("images") && exists("train/images"))
      group = "train";
    if (!group.empty()) group += "/";
    if (names_.images.empty()) names_.images = group + "images";
    if (names_.labels.empty()) names_.labels = group + "labels";
  }

  [[noreturn]] void refuse_missing() const {
    constexpr std::size_t kMost = 8;
    std::vector<std::string> there = hdf5::dataset_paths(file_.id());
    const std::size_t count = there.size();
    there.resize(std::min(count, kMost));
    fail(Fault::input, "{} has no dataset /{}: expected uint8 (N,H,W,C) or (N,C,H,W){}", path_,
         names_.images,
         count == 0 ? ""
                    : fmt::format("; it has {}{}, name one: hdf5:FILE#images={}",
                                  fmt::join(there, ", "), count > kMost ? ", ..." : "", there[0]));
  }

  // Reads all numbers to see in which range they lie.
  Levels levels_of(const hdf5::Dataset& images, const std::vector<hsize_t>& extents,
                   const ImageSet& set) const {
    constexpr float kRounding = 1e-5f;
    float least = std::numeric_limits<float>::infinity(), most = -least;
    bool finite = true;
    std::vector<float> values;
    for_blocks(extents, set, [&](hsize_t begin, hsize_t n, std::size_t elements) {
      values.resize(elements);
      read_rows(images, extents, begin, n, H5T_NATIVE_FLOAT, values.data());
      for (const float v : values) {
        finite = finite && std::isfinite(v);
        least = std::min(least, v);
        most = std::max(most, v);
      }
    });
    if (finite && most <= 1 + kRounding && least >= -kRounding) return {0, 1};
    if (finite && most <= 1 + kRounding && least >= -1 - kRounding) return {-1, 1};
    fail(Fault::input, "{}: {} {} holds {}: expected numbers from 0 to 1 or from -1 to 1, or uint8",
         path_, what_, shape_text(extents),
         finite ? fmt::format("numbers from {:g} to {:g}", least, most)
                : "numbers that are not finite");
  }

  template <class Visit>
  void for_blocks(const std::vector<hsize_t>& extents, const ImageSet& set,
                  const Visit& visit) const {
    constexpr hsize_t kBlock = 1 << 26;
    const auto image = static_cast<hsize_t>(set.image_bytes());
    const hsize_t rows = std::max<hsize_t>(1, kBlock / image);
    for (hsize_t begin = 0; begin < extents[0]; begin += rows) {
      const hsize_t n = std::min(rows, extents[0] - begin);
      visit(begin, n, static_cast<std::size_t>(n * image));
    }
  }

  // What the attribute says, or what alone fits.
  std::string axes_of(const hdf5::Dataset& images, const std::vector<hsize_t>& e) const {
    std::vector<std::string> fitting;
    if (e.size() == 3) fitting = {"NHW"};
    if (e.size() == 4 && (e[3] == 1 || e[3] == 3)) fitting.push_back("NHWC");
    if (e.size() == 4 && (e[1] == 1 || e[1] == 3)) fitting.push_back("NCHW");
    if (has_attribute(images, "axes")) {
      const std::string axes = hdf5::read_text(images.id(), "axes");
      if (axes.size() == e.size() && (axes == "NHW" || axes == "NHWC" || axes == "NCHW"))
        return axes;
      fail(Fault::input,
           "{}: {} {} has the attribute axes = '{}', expected NHW, NHWC or NCHW to name its "
           "axes",
           path_, what_, shape_text(e), axes);
    }
    if (fitting.size() == 1) return fitting[0];
    if (fitting.empty())
      fail(Fault::input, "{}: {} has shape {}, expected (N,H,W), (N,H,W,C) or (N,C,H,W)", path_,
           what_, shape_text(e));
    fail(Fault::input,
         "{}: {} {} may be (N,H,W,C) or (N,C,H,W), expected the attribute axes to say NHWC or "
         "NCHW",
         path_, what_, shape_text(e));
  }

  void read_images(const hdf5::Dataset& images, const std::vector<hsize_t>& extents,
                   const std::optional<Levels>& levels, ImageSet& set) const {
    const auto image = static_cast<std::size_t>(set.image_bytes());
    const auto channels = static_cast<std::size_t>(set.channels);
    const bool planes = axes_ != "NHWC" || channels == 1;
    std::vector<std::uint8_t> block;
    std::vector<float> values;
    for_blocks(extents, set, [&](hsize_t begin, hsize_t n, std::size_t elements) {
      std::uint8_t* to = set.bytes.data() + static_cast<std::size_t>(begin) * image;
      if (!planes) block.resize(elements);
      std::uint8_t* read = planes ? to : block.data();
      if (levels) {
        values.resize(elements);
        read_rows(images, extents, begin, n, H5T_NATIVE_FLOAT, values.data());
        std::transform(values.begin(), values.end(), read, [&](float v) { return levels->of(v); });
      } else {
        read_rows(images, extents, begin, n, H5T_NATIVE_UINT8, read);
      }
      for (std::size_t i = 0; !planes && i < elements; i += image)
        for (std::size_t c = 0; c < channels; ++c)
          for (std::size_t p = c; p < image; p += channels) *to++ = block[i + p];
    });
  }

  const std::string& path_;
  const hdf5::File& file_;
  PackedNames names_;
  bool labels_named_ = false;
  std::string what_, axes_;  // "/images", "NHWC"
};

}  // namespace

ImageSet decode_hdf5_images(const std::string& path, const PackedNames& names) {
  const hdf5::File file = [&] {
    try {
      return hdf5::open_file(path);
    } catch (const hdf5::Failure& failure) {
      refuse_unopened(path, failure);
    }
  }();
  try {
    return Packed(path, file, names).read();
  } catch (const hdf5::Failure& failure) {
    fail(Fault::input, "{} is not a whole HDF5 file: {}", path, failure.what());
  }
}

ImageSet read_hdf5_images(const std::string& path, const PackedNames& names) {
  if (!exists(path)) fail(Fault::usage, "there is no file {}", path);
  // First where a file that hangs or crashes the library does no harm.
  const ChildOutcome outcome = in_child(60 + file_megabytes(path), [&] {
    decode_hdf5_images(path, names);
    return std::string();
  });
  if (!outcome.ok) {
    const bool sentence = outcome.text.find(path) != std::string::npos;
    fail(Fault::input, "{}{}", sentence ? "" : path + " is damaged: ", outcome.text);
  }
  return decode_hdf5_images(path, names);
}

}  // namespace ganflow
