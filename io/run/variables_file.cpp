#include "io/run/variables_file.h"

#include <zlib.h>

#include <algorithm>
#include <numeric>

#include "engine/error.h"
#include "io/disk/sealed.h"

namespace ganflow {
namespace {

std::uint32_t crc_of(std::uint32_t crc, const void* data, std::size_t bytes) {
  return static_cast<std::uint32_t>(::crc32_z(crc, static_cast<const unsigned char*>(data), bytes));
}

std::uint32_t tensor_crc(const VariableView& v) {
  return crc_of(0, v.data.data(), v.data.size_bytes());
}

std::vector<std::uint32_t> tensor_crcs(const std::vector<VariableView>& variables) {
  std::vector<std::uint32_t> crcs;
  for (const VariableView& v : variables) crcs.push_back(tensor_crc(v));
  return crcs;
}

// CRC32 over (name, shape, bytes) in name order, from those of the tensors: their bytes are read
// once.
std::uint32_t state_crc(const std::vector<VariableView>& variables,
                        const std::vector<std::uint32_t>& crcs) {
  std::vector<std::size_t> sorted(variables.size());
  std::iota(sorted.begin(), sorted.end(), std::size_t{0});
  std::sort(sorted.begin(), sorted.end(),
            [&](std::size_t a, std::size_t b) { return variables[a].name < variables[b].name; });
  std::uint32_t crc = 0;
  for (const std::size_t i : sorted) {
    const VariableView& v = variables[i];
    crc = crc_of(crc, v.name.c_str(), v.name.size() + 1);
    const std::int64_t rank = v.shape.rank();
    crc = crc_of(crc, &rank, sizeof rank);
    crc = crc_of(crc, v.shape.begin(), static_cast<std::size_t>(rank) * sizeof(Extent));
    crc = static_cast<std::uint32_t>(
        ::crc32_combine(crc, crcs[i], static_cast<z_off_t>(v.data.size_bytes())));
  }
  return crc;
}

// A Variable whose name is also a prefix of others ("w" beside "w/square_avg") is kept inside the
// group of that name, as "w/value".
std::string path_of(const std::vector<VariableView>& variables, std::size_t i) {
  const std::string inside = variables[i].name + "/";
  const bool prefix = std::any_of(variables.begin(), variables.end(), [&](const VariableView& v) {
    return v.name.starts_with(inside);
  });
  return "variables/" + (prefix ? inside + "value" : variables[i].name);
}

// Chunks of at most 1 MiB: outer extents are cut first.
std::vector<hsize_t> chunk_of(std::vector<hsize_t> extents) {
  hsize_t elements = 1;
  for (const hsize_t e : extents) elements *= e;
  constexpr hsize_t kMost = (1 << 20) / sizeof(float);
  for (hsize_t& e : extents) {
    if (elements <= kMost) break;
    const hsize_t rest = elements / e;
    e = std::max<hsize_t>(1, kMost / rest);
    elements = e * rest;
  }
  return extents;
}

void write_variable(const hdf5::File& file, const std::string& path, const VariableView& v,
                    std::uint32_t crc) {
  const std::vector<hsize_t> extents(v.shape.begin(), v.shape.end());
  const hdf5::PropertyList creation = hdf5::dataset_creation();
  if (v.shape.rank() > 0 && !v.data.empty()) {
    const std::vector<hsize_t> chunk = chunk_of(extents);
    hdf5::check(H5Pset_chunk(creation.id(), v.shape.rank(), chunk.data()), "H5Pset_chunk");
    hdf5::check(H5Pset_fletcher32(creation.id()), "H5Pset_fletcher32");
  }
  hdf5::check(H5Pset_fill_time(creation.id(), H5D_FILL_TIME_NEVER), "H5Pset_fill_time");
  const hdf5::Dataset dataset =
      hdf5::create_dataset(file.id(), path, H5T_IEEE_F32LE, hdf5::simple_space(extents), creation);
  hdf5::check(
      H5Dwrite(dataset.id(), H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, v.data.data()),
      "H5Dwrite");
  hdf5::write_text(dataset.id(), "name", v.name);
  hdf5::write_number(dataset.id(), "crc32", crc);
}

}  // namespace

std::uint32_t write_variables(const hdf5::File& file, const std::vector<VariableView>& variables) {
  const std::vector<std::uint32_t> crcs = tensor_crcs(variables);
  const std::uint32_t crc = state_crc(variables, crcs);
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < variables.size(); ++i) {
    write_variable(file, path_of(variables, i), variables[i], crcs[i]);
    bytes += variables[i].data.size_bytes();
  }
  hdf5::make_groups(file.id(), "variables");
  hdf5::write_number(file.id(), "tensor_count", variables.size());
  hdf5::write_number(file.id(), "total_bytes", bytes);
  hdf5::write_number(file.id(), "state_crc32", crc);
  return crc;
}

StoredVariables read_variables(const std::string& path, const hdf5::File& file) {
  StoredVariables stored;
  const hdf5::Group variables = hdf5::make_groups(file.id(), "variables");
  std::vector<VariableView> views;
  std::vector<std::uint32_t> crcs;
  for (const std::string& at : hdf5::dataset_paths(variables.id())) {
    const hdf5::Dataset dataset = hdf5::open_dataset(variables.id(), at);
    const std::string name = hdf5::read_text(dataset.id(), "name");
    const std::vector<hsize_t> found = hdf5::extents(dataset);
    require_within(path, name, found, sizeof(float));
    if (found.size() > static_cast<std::size_t>(Shape::kMaxRank))
      fail(Fault::input, "{}: variable '{}' has {} axes, at most {} are read", path, name,
           found.size(), Shape::kMaxRank);
    if (stored.values.contains(name))
      fail(Fault::input, "{}: variable '{}' is there twice", path, name);
    const Shape shape(std::vector<Extent>(found.begin(), found.end()));
    std::vector<float>& data = stored.values[name];
    data.resize(static_cast<std::size_t>(shape.elements()));
    hdf5::check(H5Dread(dataset.id(), H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, data.data()),
                "H5Dread");
    stored.shapes[name] = shape;
    const VariableView view{name, shape, data};
    crcs.push_back(tensor_crc(view));
    if (const std::uint64_t crc = hdf5::read_number(dataset.id(), "crc32"); crc != crcs.back())
      fail(Fault::input, "{}: variable '{}' is damaged: expected CRC32 {:08x}, found {:08x}", path,
           name, crc, crcs.back());
    views.push_back(view);
  }
  const std::uint64_t count = hdf5::read_number(file.id(), "tensor_count");
  if (count != views.size())
    fail(Fault::input, "{} is damaged: expected {} variables, found {}", path, count, views.size());
  stored.state_crc = state_crc(views, crcs);
  if (const std::uint64_t crc = hdf5::read_number(file.id(), "state_crc32");
      crc != stored.state_crc)
    fail(Fault::input, "{} is damaged: expected state CRC32 {:08x}, found {:08x}", path, crc,
         stored.state_crc);
  return stored;
}

}  // namespace ganflow
