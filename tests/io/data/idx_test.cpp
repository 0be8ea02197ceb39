#include "io/data/idx.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <numeric>

#include "io/data/byte_source.h"
#include "support/image_files.h"
#include "support/run_example.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

const std::vector<char> kGood = idx_bytes(0x803, {5, 4, 3}, 60);

// What reading `bytes` as images says, without the directory.
std::string images_error(const std::vector<char>& bytes) {
  const TemporaryDirectory directory;
  const std::string path = directory / "f";
  write_bytes(path, bytes);
  std::string text = error_of([&] { read_idx_images(path); });
  if (const std::size_t at = text.find(directory.path()); at != std::string::npos)
    text.erase(at, directory.path().size() + 1);
  return text;
}

}  // namespace

TEST_SUITE_BEGIN("io");

// Was: opening it waited for someone to write into it.
TEST_CASE("a pipe is no data file") {
  const TemporaryDirectory directory;
  const std::string path = directory / "pipe";
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  CHECK(error_of([&] { ByteSource source(path); }) == "2 " + path + " is not a file");
}

TEST_CASE("IDX files are read, plain and gzip, whatever their name") {
  const TemporaryDirectory directory;
  write_bytes(directory / "plain.gz", kGood);
  write_bytes(directory / "packed", gzip(kGood));
  for (const char* name : {"plain.gz", "packed"}) {
    const IdxData data = read_idx_images(directory / name);
    CHECK(data.shape == Shape{5, 4, 3});
    REQUIRE(data.bytes.size() == 60);
    CHECK(data.bytes[59] == 59);
  }
  write_bytes(directory / "labels", idx_bytes(0x801, {7}, 7));
  const IdxData labels = read_idx_labels(directory / "labels");
  CHECK(labels.shape == Shape{7});
  CHECK(labels.bytes == std::vector<std::uint8_t>{0, 1, 2, 3, 4, 5, 6});
}

TEST_CASE("two gzip members are one stream") {
  const TemporaryDirectory directory;
  std::vector<char> bytes = gzip({kGood.begin(), kGood.begin() + 30});
  const std::vector<char> rest = gzip({kGood.begin() + 30, kGood.end()});
  bytes.insert(bytes.end(), rest.begin(), rest.end());
  write_bytes(directory / "f", bytes);
  CHECK(read_idx_images(directory / "f").bytes.size() == 60);
}

TEST_CASE("bad IDX files are refused in one sentence") {
  const std::vector<char> packed = gzip(kGood);
  std::vector<char> bytes = kGood;

  CHECK(error_of([] { read_idx_images("/nowhere/images"); }) ==
        "2 /nowhere/images cannot be opened: No such file or directory");
  CHECK(error_of([] { read_idx_images("/"); }) == "2 / is not a file");

  CHECK(images_error({}) ==
        "6 f is truncated: expected 4 bytes of magic number at offset 0, found 0");
  CHECK(images_error({0, 0}) ==
        "6 f is truncated: expected 4 bytes of magic number at offset 0, found 2");
  CHECK(images_error(idx_bytes(0x801, {60}, 60)) ==
        "6 f is not an IDX file of unsigned bytes with 3 axes: expected magic number 0x00000803 at "
        "offset 0, found 0x00000801");
  CHECK(images_error(gzip(idx_bytes(0xd03, {1, 1, 1}, 4))) ==
        "6 f is not an IDX file of unsigned bytes with 3 axes: expected magic number 0x00000803 at "
        "offset 0 of its unpacked data, found 0x00000d03");
  CHECK(images_error(idx_bytes(0x803, {5, 4}, 2)) ==
        "6 f is truncated: expected 4 bytes of sizes at offset 12, found 2");
  CHECK(images_error(idx_bytes(0x803, {5, 0, 3}, 0)) ==
        "6 f: axis 1 at offset 8 has size 0: expected 1 to 858993459");
  CHECK(images_error(idx_bytes(0x803, {0xffffffff, 0xffffffff, 0xffffffff}, 60)) ==
        "6 f: axis 1 at offset 8 has size 4294967295: expected 1 to 1");
  CHECK(images_error(idx_bytes(0x803, {60000, 28, 28}, 60)) ==
        "6 f is truncated: its header promises 47040016 bytes, found 76 bytes");
  // The header asks for 3 GB; some dozen gzip bytes cannot hold them, so nothing is allocated.
  const std::vector<char> bomb = gzip(idx_bytes(0x803, {60000, 250, 200}, 10));
  CHECK(images_error(bomb) ==
        fmt::format("6 f is truncated: its header promises 3000000016 bytes of its unpacked data, "
                    "found {} gzip bytes",
                    bomb.size()));

  bytes = kGood;
  bytes.pop_back();
  CHECK(images_error(bytes) == "6 f is truncated: its header promises 76 bytes, found 75 bytes");
  CHECK(images_error(gzip(bytes)) ==
        "6 f is truncated: expected 60 bytes of elements at offset 16 of its unpacked data, found "
        "59");
  bytes = kGood;
  bytes.push_back(1);
  CHECK(images_error(bytes) == "6 f has bytes after its end: expected 76 bytes, found 77");
  CHECK(images_error(gzip(bytes)) ==
        "6 f has bytes after its end: expected 76 bytes of its unpacked data, found more");

  // Level 0 stores: 10 bytes of gzip header, 5 of block header, the data, 8 of CRC and length.
  const std::vector<char> stored = gzip(kGood, 0);
  CHECK(images_error({stored.begin(), stored.end() - 20}) ==
        "6 f is truncated: its gzip data end at byte 79 of the file, after 64 unpacked bytes");
  bytes = packed;
  bytes[bytes.size() - 8] = static_cast<char>(bytes[bytes.size() - 8] ^ 1);  // its CRC
  CHECK(images_error(bytes) ==
        fmt::format("6 f is damaged: its gzip data are wrong before byte {} of the file (incorrect "
                    "data check)",
                    packed.size() - 4));
  bytes = packed;
  bytes.insert(bytes.end(), {'j', 'u', 'n', 'k'});
  CHECK(images_error(bytes) ==
        fmt::format("6 f is damaged: its gzip data are wrong before byte {} of the file (incorrect "
                    "header check)",
                    packed.size() + 2));
}

TEST_CASE("a data set is found by the names of MNIST's files") {
  const TemporaryDirectory directory;
  CHECK(error_of([&] { find_idx(directory / "no"); }) ==
        "2 there is no directory " + (directory / "no"));
  CHECK(error_of([&] { find_idx(directory.path()); }) ==
        "2 directory " + directory.path() +
            " lacks train-images-idx3-ubyte[.gz] and train-labels-idx1-ubyte[.gz]");
  write_bytes(directory / "t10k-images-idx3-ubyte.gz", {});
  CHECK(error_of([&] { find_idx(directory.path(), Split::test); }) ==
        "2 directory " + directory.path() + " lacks t10k-labels-idx1-ubyte[.gz]");
  write_bytes(directory / "t10k-labels-idx1-ubyte", {});
  const IdxSet set = find_idx(directory.path(), Split::test);
  CHECK(set.images == directory / "t10k-images-idx3-ubyte.gz");
  CHECK(set.labels == directory / "t10k-labels-idx1-ubyte");
}

// Was: "lacks train-images-idx3-ubyte[.gz]", though mirrors of MNIST write a dot.
TEST_CASE("a dot may stand before idx") {
  const TemporaryDirectory directory;
  write_bytes(directory / "train-images.idx3-ubyte", {});
  write_bytes(directory / "train-labels.idx1-ubyte.gz", {});
  const IdxSet set = find_idx(directory.path());
  CHECK(set.images == directory / "train-images.idx3-ubyte");
  CHECK(set.labels == directory / "train-labels.idx1-ubyte.gz");
}

TEST_CASE("a set is its images with their labels") {
  const TemporaryDirectory directory;
  const std::string images = directory / "train-images-idx3-ubyte",
                    labels = directory / "train-labels-idx1-ubyte";
  write_bytes(images, idx_bytes(0x803, {5, 4, 3}, 60));
  write_bytes(labels, idx_bytes(0x801, {5}, 5));
  const ImageSet set = read_idx_set(directory.path());
  CHECK(set.count == 5);
  CHECK(set.channels == 1);
  CHECK(set.height == 4);
  CHECK(set.width == 3);
  CHECK(set.bytes.size() == 60);
  CHECK(set.labels == std::vector<std::uint16_t>{0, 1, 2, 3, 4});
  CHECK(set.classes == 10);
  write_bytes(labels, idx_bytes(0x801, {6}, 6));
  CHECK(error_of([&] { read_idx_set(directory.path()); }) ==
        "6 " + labels + " holds 6 labels: expected 5, one for each image of " + images);
  std::vector<char> bad = idx_bytes(0x801, {5}, 5);
  bad[11] = 10;
  write_bytes(labels, bad);
  CHECK(error_of([&] { read_idx_set(directory.path()); }) ==
        "6 " + labels + ": label 10 at offset 11: expected 0 to 9");
}

TEST_CASE("MNIST has its published size and mean") {
  const char* data = std::getenv("GANFLOW_DATA");
  if (!data) {
    MESSAGE("skipped: GANFLOW_DATA names no folder with mnist/");
    return;
  }
  const ImageSet images = read_idx_set(std::string(data) + "/mnist");
  CHECK(images.count == 60000);
  CHECK(images.height == 28);
  CHECK(images.labels.size() == 60000);
  const double sum = std::accumulate(images.bytes.begin(), images.bytes.end(), 0.);
  CHECK(sum / 255 / static_cast<double>(images.bytes.size()) ==
        doctest::Approx(.1307).epsilon(3e-4));
  const ImageSet clothes = read_idx_set(std::string(data) + "/fashion-mnist", Split::test);
  for (int label = 0; label < 10; ++label)
    CHECK(std::count(clothes.labels.begin(), clothes.labels.end(), label) == 1000);
}

TEST_SUITE_END();
