#include "io/data/cifar100.h"

#include <doctest/doctest.h>

#include <sstream>

#include "support/image_files.h"
#include "support/run_example.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

// Record i has the superclass i, the class 99 - i and pixels of value i.
std::vector<char> records(int count) {
  std::vector<char> bytes;
  for (int i = 0; i < count; ++i) {
    bytes.push_back(static_cast<char>(i));
    bytes.push_back(static_cast<char>(99 - i));
    bytes.insert(bytes.end(), 3072, static_cast<char>(i));
  }
  return bytes;
}

}  // namespace

TEST_SUITE_BEGIN("io");

// Was: no such set.
TEST_CASE("CIFAR-100 has two labels an image, either is taken") {
  const TemporaryDirectory dir;
  write_bytes(dir / "train.bin.gz", gzip(records(4)));
  write_bytes(dir / "test.bin", records(2));
  const ImageSet fine = read_cifar100(dir.path(), Split::train, CifarLabels::fine, 4);
  CHECK(fine.count == 4);
  CHECK(fine.classes == 100);
  CHECK(fine.labels == std::vector<std::uint16_t>{99, 98, 97, 96});
  CHECK(fine.class_names.empty());
  REQUIRE(fine.bytes.size() == 4 * 3072);
  for (std::size_t i = 0; i < fine.bytes.size(); ++i) REQUIRE(fine.bytes[i] == i / 3072);
  std::ostringstream names;
  for (int k = 0; k < 20; ++k) names << "group" << k << "\r\n";
  const std::string text = names.str();
  write_bytes(dir / "coarse_label_names.txt", {text.begin(), text.end()});
  const ImageSet coarse = read_cifar100(dir.path(), Split::test, CifarLabels::coarse, 2);
  CHECK(coarse.labels == std::vector<std::uint16_t>{0, 1});
  CHECK(coarse.classes == 20);
  CHECK(coarse.class_names.at(19) == "group19");
}

TEST_CASE("CIFAR-100: what is missing, short or beyond the classes is said") {
  const TemporaryDirectory dir;
  CHECK(error_of([&] { read_cifar100(dir.path()); }) ==
        "2 directory " + dir.path() + " lacks train.bin[.gz], the binary version of CIFAR-100");
  write_bytes(dir / "test.bin", records(3));
  CHECK(error_of([&] { read_cifar100(dir.path(), Split::test); }) ==
        "6 " + (dir / "test.bin") +
            " is truncated: expected 10000 records of 3074 bytes, 30740000 bytes, found 9222 "
            "bytes");
  std::vector<char> bad = records(3);
  bad[3075] = 100;
  write_bytes(dir / "test.bin", bad);
  CHECK(error_of([&] { read_cifar100(dir.path(), Split::test, CifarLabels::fine, 3); }) ==
        "6 " + (dir / "test.bin") + ": label 100 at offset 3075: expected 0 to 99");
  bad[3074] = 20;
  write_bytes(dir / "test.bin", bad);
  CHECK(error_of([&] { read_cifar100(dir.path(), Split::test, CifarLabels::coarse, 3); }) ==
        "6 " + (dir / "test.bin") + ": label 20 at offset 3074: expected 0 to 19");
}

TEST_SUITE_END();
