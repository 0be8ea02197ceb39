#include "io/run/samples_file.h"

#include "io/disk/sealed.h"

namespace ganflow {
namespace {

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

void write_grid(hid_t location, const Pixels& grid) {
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
}

}  // namespace

void write_samples(const std::string& path, const Samples& samples, const Pixels& grid) {
  write_sealed(path, [&](const hdf5::File& file) {
    const Picture& p = samples.picture;
    hdf5::write_text(file.id(), "schema", "1.0");
    hdf5::write_text(file.id(), "kind", "samples");
    hdf5::write_text(file.id(), "name", samples.name);
    hdf5::write_number(file.id(), "step", samples.step);
    const auto n = static_cast<hsize_t>(samples.n);
    if (n > 0 && p.channels == 0) {
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
    write_grid(file.id(), grid);
  });
}

}  // namespace ganflow
