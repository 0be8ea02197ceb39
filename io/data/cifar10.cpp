#include "io/data/cifar10.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "engine/error.h"
#include "io/data/byte_source.h"
#include "io/disk/durable.h"

namespace ganflow {
namespace {

constexpr std::size_t kImage = 3 * 32 * 32, kRecord = 1 + kImage;

void append_batch(ImageSet& set, const std::string& path, Extent records) {
  ByteSource source(path);
  const char* where = source.gzip() ? " of its unpacked data" : "";
  const std::uint64_t expected = static_cast<std::uint64_t>(records) * kRecord;
  const auto wrong = [&](const char* what, const std::string& found) {
    fail(Fault::input, "{} {}: expected {} records of {} bytes, {} bytes{}, found {}", path, what,
         records, kRecord, expected, where, found);
  };
  source.expect(expected);
  if (source.most_bytes() < expected)
    wrong("is truncated",
          fmt::format("{} {}", source.file_bytes(), source.gzip() ? "gzip bytes" : "bytes"));
  if (!source.gzip() && source.file_bytes() > expected)
    wrong("has bytes after its end", std::to_string(source.file_bytes()));

  std::vector<std::uint8_t> record(kRecord);
  for (Extent i = 0; i < records; ++i) {
    const std::uint64_t begin = source.offset();
    if (source.read(record) < kRecord) wrong("is truncated", std::to_string(source.offset()));
    if (record[0] > 9)
      fail(Fault::input, "{}: label {} at offset {}{}: expected 0 to 9", path, record[0], begin,
           where);
    set.labels.push_back(record[0]);
    set.bytes.insert(set.bytes.end(), record.begin() + 1, record.end());
  }
  if (source.read(record) > 0) wrong("has bytes after its end", "more");
  set.count += records;
}

ImageSet empty_set(std::size_t batches, Extent records) {
  ImageSet set{.channels = 3, .height = 32, .width = 32, .classes = 10};
  const std::size_t images = batches * static_cast<std::size_t>(records);
  set.bytes.reserve(images * kImage);
  set.labels.reserve(images);
  return set;
}

}  // namespace

ImageSet read_cifar10_batch(const std::string& path, Extent records) {
  ImageSet set = empty_set(1, records);
  append_batch(set, path, records);
  return set;
}

ImageSet read_cifar10(const std::string& directory, Split split, Extent records) {
  if (!exists(directory)) fail(Fault::usage, "there is no directory {}", directory);
  std::vector<std::string> names = {"test_batch.bin"}, found, missing;
  if (split == Split::train) {
    names.clear();
    for (int batch = 1; batch <= 5; ++batch)
      names.push_back(fmt::format("data_batch_{}.bin", batch));
  }
  for (const std::string& name : names) {
    const std::string plain = directory + "/" + name;
    if (exists(plain))
      found.push_back(plain);
    else if (exists(plain + ".gz"))
      found.push_back(plain + ".gz");
    else
      missing.push_back(name + "[.gz]");
  }
  if (found.empty())
    fail(Fault::usage, "directory {} lacks {}, the binary version of CIFAR-10", directory,
         fmt::join(missing, ", "));
  ImageSet set = empty_set(found.size(), records);
  for (const std::string& path : found) append_batch(set, path, records);
  if (!missing.empty())
    set.notes.push_back(fmt::format("directory {} lacks {}: the set is {} of {} images", directory,
                                    fmt::join(missing, ", "), set.count,
                                    static_cast<Extent>(names.size()) * records));
  return set;
}

}  // namespace ganflow
