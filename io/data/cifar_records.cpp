#include "io/data/cifar_records.h"

#include <fmt/format.h>

#include "engine/error.h"
#include "io/data/byte_source.h"
#include "io/disk/durable.h"

namespace ganflow {
namespace {

constexpr std::size_t kImage = 3 * 32 * 32;

}  // namespace

ImageSet cifar_set(const CifarRecords& form, Extent images) {
  ImageSet set{.channels = 3, .height = 32, .width = 32, .classes = form.classes};
  set.bytes.reserve(static_cast<std::size_t>(images) * kImage);
  set.labels.reserve(static_cast<std::size_t>(images));
  return set;
}

void append_cifar(ImageSet& set, const CifarRecords& form, const std::string& path,
                  Extent records) {
  ByteSource source(path);
  const char* where = source.gzip() ? " of its unpacked data" : "";
  const std::size_t record_bytes = form.label_bytes + kImage;
  const std::uint64_t expected = static_cast<std::uint64_t>(records) * record_bytes;
  const auto wrong = [&](const char* what, const std::string& found) {
    fail(Fault::input, "{} {}: expected {} records of {} bytes, {} bytes{}, found {}", path, what,
         records, record_bytes, expected, where, found);
  };
  source.expect(expected);
  if (source.most_bytes() < expected)
    wrong("is truncated",
          fmt::format("{} {}", source.file_bytes(), source.gzip() ? "gzip bytes" : "bytes"));
  if (!source.gzip() && source.file_bytes() > expected)
    wrong("has bytes after its end", std::to_string(source.file_bytes()));

  std::vector<std::uint8_t> record(record_bytes);
  for (Extent i = 0; i < records; ++i) {
    const std::uint64_t begin = source.offset();
    if (source.read(record) < record_bytes) wrong("is truncated", std::to_string(source.offset()));
    const std::uint8_t label = record[form.label];
    if (label >= form.classes)
      fail(Fault::input, "{}: label {} at offset {}{}: expected 0 to {}", path, label,
           begin + form.label, where, form.classes - 1);
    set.labels.push_back(label);
    set.bytes.insert(set.bytes.end(),
                     record.begin() + static_cast<std::ptrdiff_t>(form.label_bytes), record.end());
  }
  if (source.read(record) > 0) wrong("has bytes after its end", "more");
  set.count += records;
}

std::string plain_or_gzip(const std::string& directory, const std::string& name) {
  for (const char* suffix : {"", ".gz"})
    if (const std::string path = directory + "/" + name + suffix; exists(path)) return path;
  return {};
}

}  // namespace ganflow
