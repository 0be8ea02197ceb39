#include "io/data/idx.h"

#include <array>

#include "engine/error.h"
#include "io/data/byte_source.h"
#include "io/disk/durable.h"

namespace ganflow {
namespace {

std::uint32_t big_endian(const std::uint8_t* b) {
  return std::uint32_t{b[0]} << 24 | std::uint32_t{b[1]} << 16 | std::uint32_t{b[2]} << 8 | b[3];
}

const char* where(const ByteSource& source) { return source.gzip() ? " of its unpacked data" : ""; }

void read_exactly(ByteSource& source, std::span<std::uint8_t> out, const char* what) {
  const std::uint64_t begin = source.offset();
  const std::size_t n = source.read(out);
  if (n < out.size())
    fail(Fault::input, "{} is truncated: expected {} bytes of {} at offset {}{}, found {}",
         source.path(), out.size(), what, begin, where(source), n);
}

IdxData read_idx(const std::string& path, int axes) {
  ByteSource source(path);
  std::array<std::uint8_t, 4> word;
  read_exactly(source, word, "magic number");
  const std::uint32_t expected = 0x0800u + static_cast<std::uint32_t>(axes);
  if (big_endian(word.data()) != expected)
    fail(Fault::input,
         "{} is not an IDX file of unsigned bytes with {} ax{}: expected magic number 0x{:08x} at "
         "offset 0{}, found 0x{:08x}",
         path, axes, axes == 1 ? "is" : "es", expected, where(source), big_endian(word.data()));

  std::array<Extent, 3> extents{};
  std::uint64_t bytes = 1;
  for (int axis = 0; axis < axes; ++axis) {
    read_exactly(source, word, "sizes");
    const std::uint32_t extent = big_endian(word.data());
    extents[static_cast<std::size_t>(axis)] = extent;
    // Both factors are at most 2^32, so the product fits before it is compared.
    if (extent == 0 || extent > kMaxIdxBytes / bytes)
      fail(Fault::input, "{}: axis {} at offset {}{} has size {}: expected 1 to {}", path, axis,
           4 + 4 * axis, where(source), extent, kMaxIdxBytes / bytes);
    bytes *= extent;
  }
  const std::uint64_t total = source.offset() + bytes;
  if (total > source.most_bytes())
    fail(Fault::input, "{} is truncated: its header promises {} bytes{}, found {} {}", path, total,
         where(source), source.file_bytes(), source.gzip() ? "gzip bytes" : "bytes");

  IdxData data{Shape(std::span<const Extent>(extents.data(), static_cast<std::size_t>(axes))), {}};
  data.bytes.resize(bytes);
  read_exactly(source, data.bytes, "elements");
  if (source.read(word) > 0)
    fail(Fault::input, "{} has bytes after its end: expected {} bytes{}, found {}", path, total,
         where(source), source.gzip() ? "more" : std::to_string(source.file_bytes()));
  return data;
}

std::string find_file(const std::string& directory, const std::string& prefix,
                      const std::string& ending) {
  for (const char* joint : {"-", "."})
    for (const char* suffix : {"", ".gz"})
      if (const std::string path = directory + "/" + prefix + joint + ending + suffix; exists(path))
        return path;
  return {};
}

}  // namespace

IdxData read_idx_images(const std::string& path) { return read_idx(path, 3); }
IdxData read_idx_labels(const std::string& path) { return read_idx(path, 1); }

IdxSet find_idx(const std::string& directory, const std::string& prefix) {
  if (!exists(directory)) fail(Fault::usage, "there is no directory {}", directory);
  const std::string images = "idx3-ubyte", labels = "idx1-ubyte";
  IdxSet set{find_file(directory, prefix + "-images", images),
             find_file(directory, prefix + "-labels", labels)};
  std::string missing;
  for (const auto& [found, name] : {std::pair{set.images, prefix + "-images-" + images},
                                    std::pair{set.labels, prefix + "-labels-" + labels}})
    if (found.empty()) missing += (missing.empty() ? "" : " and ") + name + "[.gz]";
  if (!missing.empty()) fail(Fault::usage, "directory {} lacks {}", directory, missing);
  return set;
}

IdxSet find_idx(const std::string& directory, Split split) {
  return find_idx(directory, split == Split::train ? "train" : "t10k");
}

ImageSet read_idx_set(const IdxSet& files, Extent classes, Extent first) {
  IdxData images = read_idx_images(files.images);
  const IdxData labels = read_idx_labels(files.labels);
  if (labels.shape[0] != images.shape[0])
    fail(Fault::input, "{} holds {} labels: expected {}, one for each image of {}", files.labels,
         labels.shape[0], images.shape[0], files.images);
  ImageSet set{.count = images.shape[0],
               .channels = 1,
               .height = images.shape[1],
               .width = images.shape[2],
               .bytes = std::move(images.bytes),
               .classes = classes};
  set.labels.reserve(labels.bytes.size());
  for (std::size_t i = 0; i < labels.bytes.size(); ++i) {
    const Extent label = labels.bytes[i] - first;
    if (label < 0 || label >= classes)
      fail(Fault::input, "{}: label {} at offset {}: expected {} to {}", files.labels,
           labels.bytes[i], 8 + i, first, first + classes - 1);
    set.labels.push_back(static_cast<std::uint16_t>(label));
  }
  return set;
}

ImageSet read_idx_set(const std::string& directory, Split split) {
  return read_idx_set(find_idx(directory, split), 10);
}

}  // namespace ganflow
