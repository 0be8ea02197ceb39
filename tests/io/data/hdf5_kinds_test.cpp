// Packed sets as other tools write them.
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <limits>
#include <numeric>

#include "io/data/hdf5_images.h"
#include "io/disk/hdf5.h"
#include "support/run_example.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

// Writes `values` in file order as a dataset of this shape.
template <class T>
void put(const std::string& path, const std::string& name, hid_t native,
         const std::vector<hsize_t>& shape, const std::vector<T>& values, bool append = false) {
  const hdf5::File file = append ? hdf5::File(H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT), "")
                                 : hdf5::create_file(path);
  const hdf5::Dataset d = hdf5::create_dataset(file.id(), name, native, hdf5::simple_space(shape));
  hdf5::check(H5Dwrite(d.id(), native, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), "write");
}

std::vector<std::uint8_t> counting(std::size_t n) {
  std::vector<std::uint8_t> bytes(n);
  std::iota(bytes.begin(), bytes.end(), std::uint8_t{0});
  return bytes;
}

// A virtual dataset /images (4, 2, 2, 3) whose two halves are /x (2, 2, 2, 3) of the sources.
void put_virtual(const std::string& path, const std::vector<std::string>& sources) {
  const hdf5::File file = hdf5::create_file(path);
  const hdf5::PropertyList creation = hdf5::dataset_creation();
  const hdf5::Space all = hdf5::simple_space({4, 2, 2, 3}), half = hdf5::simple_space({2, 2, 2, 3});
  const hsize_t count[] = {2, 2, 2, 3};
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const hsize_t start[] = {2 * i, 0, 0, 0};
    hdf5::check(H5Sselect_hyperslab(all.id(), H5S_SELECT_SET, start, nullptr, count, nullptr), "");
    hdf5::check(H5Pset_virtual(creation.id(), all.id(), sources[i].c_str(), "x", half.id()), "");
  }
  hdf5::create_dataset(file.id(), "images", H5T_NATIVE_UINT8, hdf5::simple_space({4, 2, 2, 3}),
                       creation);
}

std::string refused(const TemporaryDirectory& dir, const PackedNames& names = {}) {
  std::string text = error_of([&] { read_hdf5_images(dir / "f.h5", names); });
  for (std::size_t at = text.find(dir.path()); at != text.npos; at = text.find(dir.path()))
    text.erase(at, dir.path().size() + 1);
  return text;
}

}  // namespace

TEST_SUITE_BEGIN("io");

// Was: "has no dataset /images", whatever the file called it; no part of a set could be named.
TEST_CASE("datasets by their names, and by the group of a split") {
  const TemporaryDirectory dir;
  const std::string path = dir / "f.h5";
  put(path, "data/x", H5T_NATIVE_UINT8, {2, 2, 2, 3}, counting(24));
  put(path, "data/y", H5T_NATIVE_INT32, {2}, std::vector{1, 0}, true);
  CHECK(refused(dir) ==
        "6 f.h5 has no dataset /images: expected uint8 (N,H,W,C) or (N,C,H,W); it has data/x, "
        "data/y, name one: hdf5:FILE#images=data/x");
  const ImageSet named = read_hdf5_images(path, {.images = "/data/x", .labels = "data/y"});
  CHECK(named.count == 2);
  CHECK(named.bytes[1] == 3);
  CHECK(named.labels == std::vector<std::uint16_t>{1, 0});
  CHECK(read_hdf5_images(path, {.images = "data/x"}).labels.empty());
  CHECK(refused(dir, {.images = "data/x", .labels = "data/z"}) == "6 f.h5 has no dataset /data/z");
  put(path, "train/images", H5T_NATIVE_UINT8, {3, 2, 2, 3}, counting(36));
  put(path, "test/images", H5T_NATIVE_UINT8, {1, 2, 2, 3}, counting(12), true);
  put(path, "test/labels", H5T_NATIVE_INT32, {1}, std::vector{4}, true);
  CHECK(read_hdf5_images(path).count == 3);
  const ImageSet test = read_hdf5_images(path, {.split = "test"});
  CHECK(test.count == 1);
  CHECK(test.classes == 5);
}

// Was: "has elements of another type: expected uint8".
TEST_CASE("floating point images from 0 to 1 or from -1 to 1 are kept as levels") {
  const TemporaryDirectory dir;
  const std::string path = dir / "f.h5";
  put(path, "images", H5T_NATIVE_FLOAT, {1, 2, 2},
      std::vector<float>{0, 1, 128 / 255.f, 7 / 255.f});
  const ImageSet unit = read_hdf5_images(path);
  CHECK(unit.bytes == std::vector<std::uint8_t>{0, 255, 128, 7});
  REQUIRE(unit.notes.size() == 1);
  CHECK(unit.notes[0] == path + ": /images are numbers from 0 to 1, kept as 256 levels");
  put(path, "images", H5T_NATIVE_DOUBLE, {1, 1, 2, 2}, std::vector<double>{-1, 1, 0, -0.5});
  CHECK(read_hdf5_images(path).bytes == std::vector<std::uint8_t>{0, 255, 128, 64});
  put(path, "images", H5T_NATIVE_FLOAT, {1, 2, 2}, std::vector<float>{0, 255, 3, 4});
  CHECK(refused(dir) ==
        "6 f.h5: /images (1,2,2) holds numbers from 0 to 255: expected numbers from 0 to 1 or from "
        "-1 to 1, or uint8");
  put(path, "images", H5T_NATIVE_FLOAT, {1, 2, 2},
      std::vector<float>{0, std::numeric_limits<float>::quiet_NaN(), 0, 1});
  CHECK(refused(dir) ==
        "6 f.h5: /images (1,2,2) holds numbers that are not finite: expected numbers from 0 to 1 "
        "or from -1 to 1, or uint8");
}

// Was: "expected integers of shape (2)".
TEST_CASE("labels as a column or as rows with one 1") {
  const TemporaryDirectory dir;
  const std::string path = dir / "f.h5";
  put(path, "images", H5T_NATIVE_UINT8, {2, 2, 2}, counting(8));
  put(path, "labels", H5T_NATIVE_INT64, {2, 1}, std::vector<std::int64_t>{3, 0}, true);
  CHECK(read_hdf5_images(path).labels == std::vector<std::uint16_t>{3, 0});
  put(path, "images", H5T_NATIVE_UINT8, {2, 2, 2}, counting(8));
  put(path, "labels", H5T_NATIVE_FLOAT, {2, 3}, std::vector<float>{0, 0, 1, 1, 0, 0}, true);
  const ImageSet hot = read_hdf5_images(path);
  CHECK(hot.labels == std::vector<std::uint16_t>{2, 0});
  CHECK(hot.classes == 3);
  for (const std::vector<float>& row : {std::vector<float>{1, 0, 1}, {0, 0, 0}, {.5f, .5f, 0}}) {
    put(path, "images", H5T_NATIVE_UINT8, {2, 2, 2}, counting(8));
    std::vector<float> rows = {0, 0, 1};
    rows.insert(rows.end(), row.begin(), row.end());
    put(path, "labels", H5T_NATIVE_FLOAT, {2, 3}, rows, true);
    CHECK(refused(dir) == "6 f.h5: row 1 of /labels (2,3): expected one 1 and otherwise 0");
  }
}

// Was: "is truncated: expected 48 bytes, found 0 stored bytes".
TEST_CASE("virtual datasets are read where their sources lie beside or below the file") {
  const TemporaryDirectory dir;
  std::filesystem::create_directory(dir / "parts");
  put(dir / "a.h5", "x", H5T_NATIVE_UINT8, {2, 2, 2, 3}, counting(24));
  put(dir / "parts/b.h5", "x", H5T_NATIVE_UINT8, {2, 2, 2, 3}, std::vector<std::uint8_t>(24, 9));
  put_virtual(dir / "f.h5", {"a.h5", "parts/b.h5"});
  const ImageSet set = read_hdf5_images(dir / "f.h5");
  CHECK(set.count == 4);
  CHECK(set.bytes[1] == 3);
  CHECK(set.bytes[47] == 9);
  put_virtual(dir / "f.h5", {"a.h5", "../b.h5"});
  CHECK(
      refused(dir) ==
      "6 f.h5: /images (4,2,2,3) takes elements from '../b.h5': expected files in the same folder "
      "or below it");
  put_virtual(dir / "f.h5", {"a.h5", "/etc/b.h5"});
  CHECK(refused(dir).find("takes elements from '/etc/b.h5'") != std::string::npos);
  // The library alone would read zeros.
  put_virtual(dir / "f.h5", {"a.h5", "gone.h5"});
  CHECK(refused(dir) == "6 f.h5: /images (4,2,2,3) takes elements from gone.h5, which is no file");
  put(dir / "gone.h5", "y", H5T_NATIVE_UINT8, {1}, counting(1));
  CHECK(refused(dir) ==
        "6 f.h5: /images (4,2,2,3) takes elements from gone.h5, which has no dataset x");
}

// Was: read from wherever the file said.
TEST_CASE("elements in another file are refused by name") {
  const TemporaryDirectory dir;
  const std::string path = dir / "f.h5";
  {
    const hdf5::File file = hdf5::create_file(path);
    const hdf5::PropertyList creation = hdf5::dataset_creation();
    hdf5::check(H5Pset_external(creation.id(), "/etc/passwd", 0, 12), "");
    hdf5::create_dataset(file.id(), "images", H5T_NATIVE_UINT8, hdf5::simple_space({1, 2, 2, 3}),
                         creation);
  }
  CHECK(
      refused(dir) ==
      "6 f.h5: /images (1,2,2,3) keeps its elements in another file, '/etc/passwd': expected them "
      "in the file");
  put(dir / "g.h5", "x", H5T_NATIVE_UINT8, {2, 2, 2, 3}, counting(24));
  {
    const hdf5::File file = hdf5::create_file(path);
    hdf5::check(H5Lcreate_external("g.h5", "/x", file.id(), "images", H5P_DEFAULT, H5P_DEFAULT),
                "");
  }
  CHECK(refused(dir) == "6 f.h5: images is a link into another file: expected it in the file");
}

// Was: all "is not a whole HDF5 file".
TEST_CASE("what the library cannot open or unpack is said") {
  const TemporaryDirectory dir;
  const std::string path = dir / "f.h5";
  if (std::system(("/usr/bin/python3 -c \"import h5py,numpy; h5py.File('" + path +
                   "','w').create_dataset('images', data=numpy.zeros((8,4,4),'u1'), "
                   "compression='lzf')\" 2>/dev/null")
                      .c_str()) == 0)
    CHECK(refused(dir) ==
          "6 f.h5: /images (8,4,4) is compressed with lzf (filter 32000), which this HDF5 library "
          "lacks: write it with gzip or without compression");
  else
    MESSAGE("skipped: no h5py that writes LZF");
  put(path, "images", H5T_NATIVE_UINT8, {2, 2, 2}, counting(8));
  std::vector<char> bytes = file_bytes(path);
  bytes[8] = 9;
  write_bytes(path, bytes);
  CHECK(refused(dir) ==
        "6 f.h5 was written by a newer HDF5 than this one reads: write it with libver='earliest' "
        "or 'v110'");
  put(path, "images", H5T_NATIVE_UINT8, {2, 2, 2}, counting(8));
  bytes = file_bytes(path);
  const hdf5::File writer(H5Fopen(path.c_str(), H5F_ACC_RDWR | H5F_ACC_SWMR_WRITE, H5P_DEFAULT),
                          "open");
  write_bytes(dir / "g.h5", file_bytes(path));  // as a killed writer leaves it
  std::filesystem::rename(dir / "g.h5", path);
  CHECK(refused(dir).find("is open for writing in another process, or was when that was killed") !=
        std::string::npos);
}

TEST_SUITE_END();
