#include "io/data/cifar10.h"

#include <fmt/ranges.h>

#include "engine/error.h"
#include "io/data/cifar_records.h"
#include "io/disk/durable.h"

namespace ganflow {
namespace {

const std::vector<std::string> kNames = {"airplane", "automobile", "bird",  "cat",  "deer",
                                         "dog",      "frog",       "horse", "ship", "truck"};

ImageSet set_of(Extent images) {
  ImageSet set = cifar_set({}, images);
  set.class_names = kNames;
  return set;
}

}  // namespace

ImageSet read_cifar10_batch(const std::string& path, Extent records) {
  ImageSet set = set_of(records);
  append_cifar(set, {}, path, records);
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
    const std::string path = plain_or_gzip(directory, name);
    if (path.empty())
      missing.push_back(name + "[.gz]");
    else
      found.push_back(path);
  }
  if (found.empty())
    fail(Fault::usage, "directory {} lacks {}, the binary version of CIFAR-10", directory,
         fmt::join(missing, ", "));
  ImageSet set = set_of(static_cast<Extent>(found.size()) * records);
  for (const std::string& path : found) append_cifar(set, {}, path, records);
  if (!missing.empty())
    set.notes.push_back(fmt::format("directory {} lacks {}: the set is {} of {} images", directory,
                                    fmt::join(missing, ", "), set.count,
                                    static_cast<Extent>(names.size()) * records));
  return set;
}

}  // namespace ganflow
