#include "io/run/samples_file.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include "engine/error.h"
#include "io/disk/durable.h"
#include "io/disk/npz.h"
#include "io/disk/sealed.h"
#include "io/images/png.h"

namespace ganflow {
namespace {

constexpr hsize_t kMostLatents = 10'000'000;

hdf5::Dataset write_block(hid_t location, const std::string& name, hid_t stored, hid_t native,
                          const std::vector<hsize_t>& extents, const void* data) {
  const hdf5::PropertyList creation = hdf5::dataset_creation();
  std::vector<hsize_t> chunk = extents;
  if (extents.size() == 4) chunk[0] = 1;  // one image
  hdf5::check(H5Pset_chunk(creation.id(), static_cast<int>(chunk.size()), chunk.data()),
              "H5Pset_chunk");
  hdf5::check(H5Pset_fletcher32(creation.id()), "H5Pset_fletcher32");
  hdf5::Dataset dataset =
      hdf5::create_dataset(location, name, stored, hdf5::simple_space(extents), creation);
  hdf5::check(H5Dwrite(dataset.id(), native, H5S_ALL, H5S_ALL, H5P_DEFAULT, data), "H5Dwrite");
  return dataset;
}

// Of n rows.
std::vector<hsize_t> extents_of(Extent n, const Shape& row) {
  std::vector<hsize_t> extents{static_cast<hsize_t>(n)};
  for (int axis = 0; axis < row.rank(); ++axis) extents.push_back(static_cast<hsize_t>(row[axis]));
  return extents;
}

void write_grid(hid_t location, const Samples& samples, const Pixels& grid) {
  std::vector<hsize_t> extents{static_cast<hsize_t>(grid.height), static_cast<hsize_t>(grid.width)};
  if (grid.channels > 1) extents.push_back(static_cast<hsize_t>(grid.channels));
  const hdf5::Dataset dataset =
      write_block(location, "grid", H5T_STD_U8LE, H5T_NATIVE_UINT8, extents, grid.data.data());
  const hid_t id = dataset.id();
  hdf5::write_fixed_text(id, "CLASS", "IMAGE");
  hdf5::write_fixed_text(id, "IMAGE_VERSION", "1.2");
  hdf5::write_fixed_text(id, "IMAGE_SUBCLASS",
                         grid.channels > 1 ? "IMAGE_TRUECOLOR" : "IMAGE_GRAYSCALE");
  if (grid.channels > 1)
    hdf5::write_fixed_text(id, "INTERLACE_MODE", "INTERLACE_PIXEL");
  else
    hdf5::write_number(id, "IMAGE_WHITE_IS_ZERO", 0);
  if (samples.picture.channels != 0) return;
  const PlotRange range = plot_range(samples);
  hdf5::write_real(id, "axis_from", range.lo);
  hdf5::write_real(id, "axis_to", range.hi);
}

}  // namespace

void write_samples(const std::string& path, const Samples& samples, const Pixels& grid,
                   const std::vector<SampleDraws>& draws) {
  write_sealed(path, [&](const hdf5::File& file) {
    const Picture& p = samples.picture;
    hdf5::write_text(file.id(), "schema", "1.0");
    hdf5::write_text(file.id(), "kind", "samples");
    hdf5::write_text(file.id(), "name", samples.name);
    hdf5::write_number(file.id(), "step", samples.step);
    const auto n = static_cast<hsize_t>(samples.n);
    if (!p.drawn) {
      write_block(file.id(), "values", H5T_IEEE_F32LE, H5T_NATIVE_FLOAT,
                  extents_of(samples.n, samples.row), samples.data.data());
    } else if (n > 0 && p.channels == 0) {
      write_block(file.id(), "points", H5T_IEEE_F32LE, H5T_NATIVE_FLOAT,
                  {n, static_cast<hsize_t>(samples.row.elements())}, samples.data.data());
    } else if (n > 0) {
      const std::vector<std::uint8_t> bytes = to_bytes(samples);
      const hdf5::Dataset images =
          write_block(file.id(), "images", H5T_STD_U8LE, H5T_NATIVE_UINT8,
                      {n, static_cast<hsize_t>(p.height), static_cast<hsize_t>(p.width),
                       static_cast<hsize_t>(p.channels)},
                      bytes.data());
      hdf5::write_text(images.id(), "axes", "NHWC");
      hdf5::write_real(images.id(), "value_of_0", p.lo);
      hdf5::write_real(images.id(), "value_of_255", p.hi);
    }
    if (p.drawn) write_grid(file.id(), samples, grid);
    for (const SampleDraws& d : draws) {
      const std::vector<hsize_t> extents = extents_of(samples.n, d.row);
      const hid_t stored = d.row.rank() > 0 ? H5T_IEEE_F32LE : H5T_STD_I64LE;
      const hdf5::Dataset dataset =
          write_block(file.id(), d.name, stored, H5T_NATIVE_FLOAT, extents, d.data.data());
      if (!d.classes.empty())
        hdf5::write_text(dataset.id(), "class_names",
                         nlohmann::json(d.classes).dump(-1, ' ', false,
                                                        nlohmann::json::error_handler_t::replace));
    }
  });
}

void write_samples_npz(const std::string& path, const Samples& samples,
                       const std::vector<SampleDraws>& draws) {
  const Picture& p = samples.picture;
  std::vector<NpzArray> arrays;
  std::vector<std::uint8_t> bytes;
  if (!p.drawn) {
    arrays.push_back(
        {"values", "<f4", samples.row.with(0, samples.n), std::as_bytes(samples.data)});
  } else if (p.channels == 0) {
    arrays.push_back(
        {"points", "<f4", Shape{samples.n, samples.row.elements()}, std::as_bytes(samples.data)});
  } else {
    bytes = to_bytes(samples);
    arrays.push_back({"images", "|u1", Shape{samples.n, p.height, p.width, p.channels},
                      std::as_bytes(std::span(bytes))});
  }
  std::vector<std::vector<std::int64_t>> labels;
  labels.reserve(draws.size());
  for (const SampleDraws& d : draws) {
    std::vector<Extent> extents{samples.n};
    for (int axis = 0; axis < d.row.rank(); ++axis) extents.push_back(d.row[axis]);
    if (d.row.rank() > 0) {
      arrays.push_back({d.name, "<f4", Shape(extents), std::as_bytes(std::span(d.data))});
    } else {
      labels.emplace_back(d.data.begin(), d.data.end());
      arrays.push_back({d.name, "<i8", Shape(extents), std::as_bytes(std::span(labels.back()))});
    }
  }
  write_npz(path, arrays);
}

std::vector<Pixels> single_pictures(const Samples& samples) {
  const Picture& p = samples.picture;
  if (!p.drawn || p.channels == 0)
    fail(Fault::usage, "the samples '{}' of this run are {}, not images", samples.name,
         p.drawn ? "points" : "numbers");
  const std::vector<std::uint8_t> bytes = to_bytes(samples);
  const auto size = static_cast<std::ptrdiff_t>(p.height * p.width * p.channels);
  std::vector<Pixels> pictures;
  for (auto at = bytes.begin(); at != bytes.end(); at += size)
    pictures.push_back({p.height, p.width, p.channels, {at, at + size}});
  return pictures;
}

std::string name_in_files(const std::string& class_name) {
  std::string name = class_name;
  std::replace_if(
      name.begin(), name.end(), [](unsigned char c) { return !std::isalnum(c) && c != '-'; }, '_');
  return name;
}

void write_pngs(const std::string& directory, const Samples& samples,
                const std::vector<SampleDraws>& draws) {
  const std::vector<Pixels> pictures = single_pictures(samples);
  make_directory(directory);
  const auto labels = std::find_if(draws.begin(), draws.end(),
                                   [](const SampleDraws& d) { return !d.classes.empty(); });
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    std::string name = fmt::format("{:05}", i);
    if (labels != draws.end())
      name += "_" + name_in_files(labels->classes.at(static_cast<std::size_t>(labels->data[i])));
    write_png(fmt::format("{}/{}.png", directory, name), pictures[i]);
  }
}

namespace {

// Calls body(dataset) on /latents; what the library complains about names the file.
template <class Body>
auto with_latents(const std::string& path, Body&& body) {
  hdf5::start();
  if (!exists(path)) fail(Fault::usage, "--latents {}: there is no such file", path);
  try {
    const hdf5::File file = hdf5::open_file(path);
    return body(hdf5::open_dataset(file.id(), "latents"));
  } catch (const hdf5::Failure& failure) {
    fail(Fault::input, "--latents {}: no HDF5 file with a dataset /latents: {}", path,
         failure.what());
  }
}

}  // namespace

Extent latents_count(const std::string& path) {
  return with_latents(path, [&](const hdf5::Dataset& dataset) {
    const std::vector<hsize_t> extents = hdf5::extents(dataset);
    if (extents.empty() || extents[0] < 1 || extents[0] > kMostLatents)
      fail(Fault::usage, "--latents {}: /latents has {} rows, it must have 1 to {}", path,
           extents.empty() ? 0 : extents[0], kMostLatents);
    return static_cast<Extent>(extents[0]);
  });
}

std::vector<float> read_latents(const std::string& path, const Shape& row) {
  return with_latents(path, [&](const hdf5::Dataset& dataset) {
    const std::vector<hsize_t> found = hdf5::extents(dataset);
    std::vector<hsize_t> wanted{found.empty() ? 0 : found[0]};
    for (int axis = 0; axis < row.rank(); ++axis) wanted.push_back(static_cast<hsize_t>(row[axis]));
    if (found != wanted)
      fail(Fault::usage, "--latents {}: /latents has shape ({}), the generator takes ({})", path,
           fmt::join(found, ", "), fmt::join(wanted, ", "));
    std::vector<float> values(static_cast<std::size_t>(wanted[0]) *
                              static_cast<std::size_t>(row.elements()));
    hdf5::check(
        H5Dread(dataset.id(), H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()),
        "H5Dread");
    return values;
  });
}

}  // namespace ganflow
