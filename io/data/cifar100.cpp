#include "io/data/cifar100.h"

#include <sstream>

#include "engine/error.h"
#include "io/data/byte_source.h"
#include "io/data/cifar_records.h"
#include "io/disk/durable.h"

namespace ganflow {
namespace {

// One name a line; none if the file is not there or names another number of classes.
std::vector<std::string> names_in(const std::string& path, Extent classes) {
  std::vector<std::string> names;
  if (!exists(path)) return names;
  const std::vector<std::uint8_t> bytes = read_whole(path, 1 << 20);
  std::istringstream file(std::string(bytes.begin(), bytes.end()));
  for (std::string line; std::getline(file, line) && names.size() <= kMaxClasses;) {
    if (line.ends_with('\r')) line.pop_back();
    if (!line.empty()) names.push_back(line);
  }
  if (static_cast<Extent>(names.size()) != classes) names.clear();
  return names;
}

}  // namespace

ImageSet read_cifar100(const std::string& directory, Split split, CifarLabels labels,
                       Extent records) {
  if (!exists(directory)) fail(Fault::usage, "there is no directory {}", directory);
  const bool fine = labels == CifarLabels::fine;
  const CifarRecords form{
      .label_bytes = 2, .label = fine ? std::size_t{1} : 0, .classes = fine ? 100 : 20};
  const std::string name = split == Split::train ? "train.bin" : "test.bin";
  const std::string path = plain_or_gzip(directory, name);
  if (path.empty())
    fail(Fault::usage, "directory {} lacks {}[.gz], the binary version of CIFAR-100", directory,
         name);
  if (records == 0) records = split == Split::train ? 50000 : 10000;
  ImageSet set = cifar_set(form, records);
  append_cifar(set, form, path, records);
  set.class_names = names_in(
      directory + (fine ? "/fine_label_names.txt" : "/coarse_label_names.txt"), form.classes);
  return set;
}

}  // namespace ganflow
