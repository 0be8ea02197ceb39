#include "io/data/hdf5_images.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>

#include "engine/error.h"
#include "io/disk/child.h"
#include "io/disk/durable.h"
#include "io/disk/hdf5.h"

namespace ganflow {
namespace {

std::string shape_text(const std::vector<hsize_t>& extents) {
  return fmt::format("({})", fmt::join(extents, ","));
}

bool has_attribute(const hdf5::Dataset& dataset, const char* name) {
  const std::vector<std::string> names = hdf5::attribute_names(dataset.id());
  return std::find(names.begin(), names.end(), name) != names.end();
}

hdf5::Dataset open(const hdf5::File& file, const char* name) {
  if (hdf5::check(H5Lexists(file.id(), name, H5P_DEFAULT), "H5Lexists") == 0) return {};
  return hdf5::open_dataset(file.id(), name);
}

bool is_integer(const hdf5::Dataset& dataset, bool byte) {
  const hdf5::Type type(H5Dget_type(dataset.id()), "H5Dget_type");
  if (H5Tget_class(type.id()) != H5T_INTEGER) return false;
  return !byte || (H5Tget_size(type.id()) == 1 && H5Tget_sign(type.id()) == H5T_SGN_NONE);
}

double file_megabytes(const std::string& path) {
  std::error_code error;
  const auto bytes = std::filesystem::file_size(path, error);
  return error ? 0 : static_cast<double>(bytes) / 1e6;
}

// Reads rows [begin, begin + n) of a dataset of these extents.
void read_rows(const hdf5::Dataset& dataset, std::vector<hsize_t> extents, hsize_t begin, hsize_t n,
               hid_t type, void* to) {
  const hdf5::Space in_file(H5Dget_space(dataset.id()), "H5Dget_space");
  std::vector<hsize_t> start(extents.size(), 0);
  start[0] = begin;
  extents[0] = n;
  hdf5::check(H5Sselect_hyperslab(in_file.id(), H5S_SELECT_SET, start.data(), nullptr,
                                  extents.data(), nullptr),
              "H5Sselect_hyperslab");
  const hdf5::Space in_memory = hdf5::simple_space(extents);
  hdf5::check(H5Dread(dataset.id(), type, in_memory.id(), in_file.id(), H5P_DEFAULT, to),
              "H5Dread");
}

class Packed {
 public:
  Packed(const std::string& path, const hdf5::File& file) : path_(path), file_(file) {}

  ImageSet read() {
    const hdf5::Dataset images = open(file_, "images");
    if (!images)
      fail(Fault::input, "{} has no dataset /images: expected uint8 (N,H,W,C) or (N,C,H,W)", path_);
    const std::vector<hsize_t> extents = hdf5::extents(images);
    if (!is_integer(images, true))
      fail(Fault::input, "{}: /images {} has elements of another type: expected uint8", path_,
           shape_text(extents));
    axes_ = axes_of(images, extents);
    const auto extent = [&](char axis) {
      const auto at = axes_.find(axis);
      return at == std::string::npos ? hsize_t{1} : extents[at];
    };
    const hsize_t count = extents[0], channels = extent('C');
    if (channels != 1 && channels != 3)
      fail(Fault::input, "{}: /images {} [{}] has {} channels, expected 1 or 3", path_,
           shape_text(extents), axes_, channels);
    std::uint64_t bytes = 1;
    for (const hsize_t e : extents) {
      if (e == 0 || e > kMaxImageSetBytes / bytes)
        fail(Fault::input, "{}: /images {} holds no image or more than {} bytes", path_,
             shape_text(extents), kMaxImageSetBytes);
      bytes *= e;
    }
    // No filter packs more than deflate's 1032 bytes into one.
    const std::uint64_t stored = H5Dget_storage_size(images.id());
    if (stored < bytes / 1032)
      fail(Fault::input, "{}: /images {} is truncated: expected {} bytes, found {} stored bytes",
           path_, shape_text(extents), bytes, stored);

    ImageSet set{.count = static_cast<Extent>(count),
                 .channels = static_cast<Extent>(channels),
                 .height = static_cast<Extent>(extent('H')),
                 .width = static_cast<Extent>(extent('W'))};
    set.bytes.resize(bytes);
    read_images(images, extents, set);
    read_labels(set);
    return set;
  }

 private:
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
           "{}: /images {} has the attribute axes = '{}', expected NHW, NHWC or NCHW to name its "
           "axes",
           path_, shape_text(e), axes);
    }
    if (fitting.size() == 1) return fitting[0];
    if (fitting.empty())
      fail(Fault::input, "{}: /images has shape {}, expected (N,H,W), (N,H,W,C) or (N,C,H,W)",
           path_, shape_text(e));
    fail(Fault::input,
         "{}: /images {} may be (N,H,W,C) or (N,C,H,W), expected the attribute axes to say NHWC or "
         "NCHW",
         path_, shape_text(e));
  }

  void read_images(const hdf5::Dataset& images, const std::vector<hsize_t>& extents,
                   ImageSet& set) const {
    constexpr hsize_t kBlock = 1 << 26;
    const auto image = static_cast<hsize_t>(set.image_bytes());
    const auto channels = static_cast<std::size_t>(set.channels);
    const hsize_t rows = std::max<hsize_t>(1, kBlock / image);
    const bool planes = axes_ != "NHWC" || channels == 1;
    std::vector<std::uint8_t> block;
    for (hsize_t begin = 0; begin < extents[0]; begin += rows) {
      const hsize_t n = std::min(rows, extents[0] - begin);
      std::uint8_t* to = set.bytes.data() + begin * image;
      if (!planes) block.resize(n * image);
      read_rows(images, extents, begin, n, H5T_NATIVE_UINT8, planes ? to : block.data());
      for (hsize_t i = 0; !planes && i < n; ++i)
        for (std::size_t c = 0; c < channels; ++c)
          for (std::size_t p = c; p < image; p += channels) *to++ = block[i * image + p];
    }
  }

  void read_labels(ImageSet& set) const {
    const hdf5::Dataset labels = open(file_, "labels");
    if (!labels) {
      set.unlabelled = fmt::format("{} has no dataset /labels", path_);
      return;
    }
    const std::vector<hsize_t> extents = hdf5::extents(labels);
    if (!is_integer(labels, false) || extents != std::vector{static_cast<hsize_t>(set.count)})
      fail(Fault::input, "{}: /labels {}: expected integers of shape ({}), one for each image",
           path_, shape_text(extents), set.count);
    std::vector<std::int64_t> values(static_cast<std::size_t>(set.count));
    read_rows(labels, extents, 0, extents[0], H5T_NATIVE_INT64, values.data());
    const std::int64_t greatest = *std::max_element(values.begin(), values.end());
    Extent classes = greatest < kMaxClasses ? greatest + 1 : kMaxClasses;
    if (has_attribute(labels, "classes")) classes = hdf5::read_signed(labels.id(), "classes");
    for (std::size_t i = 0; i < values.size(); ++i)
      if (values[i] < 0 || values[i] >= std::min(classes, kMaxClasses))
        fail(Fault::input, "{}: /labels[{}] is {}, expected 0 to {}", path_, i, values[i],
             std::min(classes, kMaxClasses) - 1);
    set.labels.assign(values.begin(), values.end());
    set.classes = std::min(classes, kMaxClasses);
  }

  const std::string& path_;
  const hdf5::File& file_;
  std::string axes_;
};

}  // namespace

ImageSet decode_hdf5_images(const std::string& path) {
  try {
    const hdf5::File file = hdf5::open_file(path);
    return Packed(path, file).read();
  } catch (const hdf5::Failure& failure) {
    fail(Fault::input, "{} is not a whole HDF5 file: {}", path, failure.what());
  }
}

ImageSet read_hdf5_images(const std::string& path) {
  if (!exists(path)) fail(Fault::usage, "there is no file {}", path);
  // First where a file that hangs or crashes the library does no harm.
  const ChildOutcome outcome = in_child(60 + file_megabytes(path), [&] {
    decode_hdf5_images(path);
    return std::string();
  });
  if (!outcome.ok) {
    const bool sentence = outcome.text.find(path) != std::string::npos;
    fail(Fault::input, "{}{}", sentence ? "" : path + " is damaged: ", outcome.text);
  }
  return decode_hdf5_images(path);
}

}  // namespace ganflow
