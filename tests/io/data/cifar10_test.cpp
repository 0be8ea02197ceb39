#include "io/data/cifar10.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <numeric>

#include "support/image_files.h"
#include "support/run_example.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

std::string batch_error(const std::vector<char>& bytes, Extent records) {
  const TemporaryDirectory directory;
  write_bytes(directory / "f", bytes);
  std::string text = error_of([&] { read_cifar10_batch(directory / "f", records); });
  if (const std::size_t at = text.find(directory.path()); at != std::string::npos)
    text.erase(at, directory.path().size() + 1);
  return text;
}

}  // namespace

TEST_SUITE_BEGIN("io");

TEST_CASE("a CIFAR-10 batch is read, plain and gzip") {
  const TemporaryDirectory directory;
  write_bytes(directory / "plain", cifar_records(12));
  write_bytes(directory / "packed", gzip(cifar_records(12)));
  for (const char* name : {"plain", "packed"}) {
    const ImageSet set = read_cifar10_batch(directory / name, 12);
    CHECK(set.count == 12);
    CHECK(set.image_bytes() == 3 * 32 * 32);
    CHECK(set.labels == std::vector<std::uint16_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1});
    CHECK(set.classes == 10);
    REQUIRE(set.bytes.size() == 12 * 3072);
    for (int i = 0; i < 12; ++i)
      for (int plane = 0; plane < 3; ++plane)
        REQUIRE(set.bytes[i * 3072 + plane * 1024 + 1023] == 20 * (i % 10) + plane);
  }
}

TEST_CASE("the batches that are there are read in order, the others are said") {
  const TemporaryDirectory directory;
  CHECK(error_of([&] { read_cifar10(directory / "no"); }) ==
        "2 there is no directory " + (directory / "no"));
  CHECK(error_of([&] { read_cifar10(directory.path()); }) ==
        "2 directory " + directory.path() +
            " lacks data_batch_1.bin[.gz], data_batch_2.bin[.gz], data_batch_3.bin[.gz], "
            "data_batch_4.bin[.gz], data_batch_5.bin[.gz], the binary version of CIFAR-10");
  const std::vector<char> first = cifar_records(2);
  std::vector<char> second = first;
  second[0] = 7;
  write_bytes(directory / "data_batch_4.bin", second);
  write_bytes(directory / "data_batch_1.bin.gz", gzip(first));
  const ImageSet set = read_cifar10(directory.path(), Split::train, 2);
  CHECK(set.count == 4);
  CHECK(set.labels == std::vector<std::uint16_t>{0, 1, 7, 1});
  REQUIRE(set.notes.size() == 1);
  CHECK(set.notes[0] ==
        "directory " + directory.path() +
            " lacks data_batch_2.bin[.gz], data_batch_3.bin[.gz], data_batch_5.bin[.gz]: the set "
            "is 4 of 10 images");
  write_bytes(directory / "test_batch.bin", first);
  const ImageSet test = read_cifar10(directory.path(), Split::test, 2);
  CHECK(test.count == 2);
  CHECK(test.notes.empty());
}

TEST_CASE("bad CIFAR-10 files are refused in one sentence") {
  const std::vector<char> good = cifar_records(3);
  std::vector<char> bytes(good.begin(), good.end() - 1);
  CHECK(batch_error(bytes, 3) ==
        "6 f is truncated: expected 3 records of 3073 bytes, 9219 bytes, found 9218 bytes");
  CHECK(batch_error(gzip(bytes), 3) ==
        "6 f is truncated: expected 3 records of 3073 bytes, 9219 bytes of its unpacked data, "
        "found 9218");
  // At the end of a record: only the promised number of records tells.
  CHECK(batch_error(cifar_records(2), 3) ==
        "6 f is truncated: expected 3 records of 3073 bytes, 9219 bytes, found 6146 bytes");
  CHECK(batch_error(gzip(cifar_records(4)), 3) ==
        "6 f has bytes after its end: expected 3 records of 3073 bytes, 9219 bytes of its unpacked "
        "data, found more");
  CHECK(batch_error(cifar_records(4), 3) ==
        "6 f has bytes after its end: expected 3 records of 3073 bytes, 9219 bytes, found 12292");
  const std::vector<char> none = gzip({});
  CHECK(batch_error(none, 10000) ==
        fmt::format("6 f is truncated: expected 10000 records of 3073 bytes, 30730000 bytes of its "
                    "unpacked data, found {} gzip bytes",
                    none.size()));
  bytes = good;
  bytes[3073] = 10;
  CHECK(batch_error(bytes, 3) == "6 f: label 10 at offset 3073: expected 0 to 9");
  CHECK(batch_error(gzip(bytes), 3) ==
        "6 f: label 10 at offset 3073 of its unpacked data: expected 0 to 9");
  CHECK(error_of([] { read_cifar10_batch("/nowhere/f"); }) ==
        "2 /nowhere/f cannot be opened: No such file or directory");
}

TEST_CASE("CIFAR-10 has its published sizes, labels and means") {
  const char* data = std::getenv("GANFLOW_DATA");
  if (!data) {
    MESSAGE("skipped: GANFLOW_DATA names no folder with cifar-10/");
    return;
  }
  const ImageSet set = read_cifar10_batch(std::string(data) + "/cifar-10/data_batch_1.bin.gz");
  CHECK(set.count == 10000);
  std::vector<int> labels(10);
  for (const std::uint16_t label : set.labels) ++labels[label];
  CHECK(labels == std::vector{1005, 974, 1032, 1016, 999, 937, 1030, 1001, 1025, 981});
  const double means[] = {.4935, .4834, .4472};
  for (std::size_t c = 0; c < 3; ++c) {
    double sum = 0;
    for (std::size_t i = 0; i < 10000; ++i) {
      const auto plane = set.bytes.begin() + static_cast<std::ptrdiff_t>(3072 * i + 1024 * c);
      sum += std::accumulate(plane, plane + 1024, 0.);
    }
    CHECK(std::abs(sum / 255 / 1024e4 - means[c]) < 5e-5);
  }
  const ImageSet test = read_cifar10(std::string(data) + "/cifar-10", Split::test);
  for (int label = 0; label < 10; ++label)
    CHECK(std::count(test.labels.begin(), test.labels.end(), label) == 1000);
}

TEST_SUITE_END();
