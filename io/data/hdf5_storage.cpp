#include "io/data/hdf5_storage.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <set>

#include "engine/error.h"

namespace ganflow {
namespace {

// Deflate packs at most 1032 bytes into one; no other filter packs more.
constexpr std::uint64_t kMostPacked = 1032;
constexpr std::size_t kMostSources = 10'000;

// "lzf (filter 32000)".
std::string filter_name(unsigned id, const std::string& name) {
  return name.empty() ? "filter " + std::to_string(id)
                      : name + " (filter " + std::to_string(id) + ")";
}

void require_filters(const std::string& path, hid_t creation, const std::string& what) {
  const int filters = hdf5::check(H5Pget_nfilters(creation), "H5Pget_nfilters");
  for (unsigned i = 0; i < static_cast<unsigned>(filters); ++i) {
    unsigned flags = 0, config = 0;
    std::size_t values = 0;
    std::array<char, 64> name{};
    const H5Z_filter_t id = H5Pget_filter2(creation, i, &flags, &values, nullptr, name.size() - 1,
                                           name.data(), &config);
    hdf5::check(id, "H5Pget_filter2");
    if (H5Zfilter_avail(id) <= 0)
      fail(Fault::input,
           "{}: {} is compressed with {}, which this HDF5 library lacks: write it with gzip or "
           "without compression",
           path, what, filter_name(static_cast<unsigned>(id), name.data()));
  }
}

// Text that the library returns by the call that asks for its length first.
template <class Ask>
std::string text_of(const Ask& ask, const char* call) {
  const ssize_t length = hdf5::check(ask(nullptr, std::size_t{0}), call);
  std::string text(static_cast<std::size_t>(length) + 1, '\0');
  hdf5::check(ask(text.data(), text.size()), call);
  text.pop_back();
  return text;
}

// Sources in the folder of the file or below it, each of which is there.
void require_sources(const std::string& path, hid_t creation, const std::string& what) {
  std::size_t count = 0;
  hdf5::check(H5Pget_virtual_count(creation, &count), "H5Pget_virtual_count");
  if (count > kMostSources)
    fail(Fault::input, "{}: {} has {} sources, expected at most {}", path, what, count,
         kMostSources);
  std::set<std::string> seen;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string source = text_of(
        [&](char* to, std::size_t n) { return H5Pget_virtual_filename(creation, i, to, n); },
        "H5Pget_virtual_filename");
    const std::string name = text_of(
        [&](char* to, std::size_t n) { return H5Pget_virtual_dsetname(creation, i, to, n); },
        "H5Pget_virtual_dsetname");
    if (!seen.insert(source + '\0' + name).second) continue;
    const std::filesystem::path relative(source);
    const bool below =
        !relative.is_absolute() && std::none_of(relative.begin(), relative.end(),
                                                [](const auto& part) { return part == ".."; });
    if (!below || source.find('%') != source.npos)
      fail(Fault::input,
           "{}: {} takes elements from '{}': expected files in the same folder or below it", path,
           what, source);
    if (source == ".") continue;
    const std::string full = (std::filesystem::path(path).parent_path() / relative).string();
    if (!std::filesystem::is_regular_file(full))
      fail(Fault::input, "{}: {} takes elements from {}, which is no file", path, what, full);
    const hdf5::File file = [&] {
      try {
        return hdf5::open_file(full);
      } catch (const hdf5::Failure& failure) {
        refuse_unopened(full, failure);
      }
    }();
    const hdf5::Dataset dataset = find_dataset(full, file, name);
    if (!dataset)
      fail(Fault::input, "{}: {} takes elements from {}, which has no dataset {}", path, what, full,
           name);
    const hdf5::PropertyList inner(H5Dget_create_plist(dataset.id()), "H5Dget_create_plist");
    if (H5Pget_layout(inner.id()) == H5D_VIRTUAL)
      fail(Fault::input,
           "{}: {} takes elements from {}, whose {} is virtual, too: expected its elements", path,
           what, full, name);
    const std::uint64_t elements = [&] {
      std::uint64_t n = 1;
      for (const hsize_t e : hdf5::extents(dataset)) n *= e;
      return n;
    }();
    require_readable(full, dataset, name, elements);
  }
}

}  // namespace

void require_readable(const std::string& path, const hdf5::Dataset& dataset,
                      const std::string& what, std::uint64_t bytes) {
  const hdf5::PropertyList creation(H5Dget_create_plist(dataset.id()), "H5Dget_create_plist");
  if (const int files = H5Pget_external_count(creation.id()); files > 0) {
    std::array<char, 256> name{};
    H5Pget_external(creation.id(), 0, name.size() - 1, name.data(), nullptr, nullptr);
    fail(Fault::input, "{}: {} keeps its elements in another file, '{}': expected them in the file",
         path, what, name.data());
  }
  require_filters(path, creation.id(), what);
  const H5D_layout_t layout = H5Pget_layout(creation.id());
  if (layout == H5D_VIRTUAL) {
    require_sources(path, creation.id(), what);
    return;
  }
  const std::uint64_t stored = H5Dget_storage_size(dataset.id());
  if (stored < bytes / kMostPacked)
    fail(Fault::input, "{}: {} is truncated: expected {} bytes, found {} stored bytes", path, what,
         bytes, stored);
}

hdf5::Dataset find_dataset(const std::string& path, const hdf5::File& file,
                           const std::string& name) {
  // Every group on the way, since H5Lexists asks for the last name only.
  for (std::size_t end = name.find('/', 1);; end = name.find('/', end + 1)) {
    const std::string way = name.substr(0, end);
    if (hdf5::check(H5Lexists(file.id(), way.c_str(), H5P_DEFAULT), "H5Lexists") == 0) return {};
    H5L_info_t link{};
    hdf5::check(H5Lget_info(file.id(), way.c_str(), &link, H5P_DEFAULT), "H5Lget_info");
    if (link.type == H5L_TYPE_EXTERNAL)
      fail(Fault::input, "{}: {} is a link into another file: expected it in the file", path, way);
    if (end == name.npos) break;
  }
  return hdf5::open_dataset(file.id(), name);
}

void refuse_unopened(const std::string& path, const hdf5::Failure& failure) {
  const std::string text = failure.what();
  const auto says = [&](const char* part) { return text.find(part) != text.npos; };
  if (failure.error() == EAGAIN || says("already open for write"))
    fail(Fault::input,
         "{} is open for writing in another process, or was when that was killed (h5clear -s mends "
         "it then): close it there",
         path);
  if (says("bad superblock version") || says("bad version number"))
    fail(Fault::input,
         "{} was written by a newer HDF5 than this one reads: write it with libver='earliest' or "
         "'v110'",
         path);
  if (failure.error() != 0) fail(Fault::usage, "{} cannot be read: {}", path, text);
  fail(Fault::input, "{} is not a whole HDF5 file: {}", path, text);
}

}  // namespace ganflow
