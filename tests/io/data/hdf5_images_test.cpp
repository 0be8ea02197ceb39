#include "io/data/hdf5_images.h"

#include <doctest/doctest.h>

#include <numeric>

#include "io/disk/hdf5.h"
#include "io/run/samples_file.h"
#include "support/run_example.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

struct Contents {
  std::vector<hsize_t> images;  // extents; bytes count up
  std::string axes = {};
  std::vector<std::int64_t> labels = {};
  std::int64_t classes = 0;
  hid_t type = H5T_STD_U8LE;
  bool packed = false;
};

void write(const std::string& path, const Contents& c) {
  const hdf5::File file = hdf5::create_file(path);
  if (!c.images.empty()) {
    const hdf5::PropertyList creation = hdf5::dataset_creation();
    if (c.packed) {
      H5Pset_chunk(creation.id(), static_cast<int>(c.images.size()), c.images.data());
      H5Pset_deflate(creation.id(), 6);
    }
    const hdf5::Dataset d =
        hdf5::create_dataset(file.id(), "images", c.type, hdf5::simple_space(c.images), creation);
    std::vector<std::uint8_t> bytes(
        std::accumulate(c.images.begin(), c.images.end(), std::size_t{1}, std::multiplies<>()));
    std::iota(bytes.begin(), bytes.end(), std::uint8_t{0});
    hdf5::check(H5Dwrite(d.id(), H5T_NATIVE_UINT8, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data()),
                "write");
    if (!c.axes.empty()) hdf5::write_text(d.id(), "axes", c.axes);
  }
  if (!c.labels.empty()) {
    const hdf5::Dataset d = hdf5::create_dataset(file.id(), "labels", H5T_STD_I32LE,
                                                 hdf5::simple_space({c.labels.size()}));
    hdf5::check(H5Dwrite(d.id(), H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, c.labels.data()),
                "write");
    if (c.classes) hdf5::write_signed(d.id(), "classes", c.classes);
  }
}

std::string refusal(const Contents& c) {
  const TemporaryDirectory dir;
  write(dir / "f.h5", c);
  std::string text = error_of([&] { read_hdf5_images(dir / "f.h5"); });
  if (const std::size_t at = text.find(dir.path()); at != std::string::npos)
    text.erase(at, dir.path().size() + 1);
  return text;
}

}  // namespace

TEST_SUITE_BEGIN("io");

TEST_CASE("packed images of every layout become planes") {
  const TemporaryDirectory dir;
  const auto read = [&](const Contents& c) {
    write(dir / "f.h5", c);
    return read_hdf5_images(dir / "f.h5");
  };
  const ImageSet planes = read({.images = {2, 3, 4, 5}, .labels = {4, 0}});
  CHECK(planes.count == 2);
  CHECK(planes.channels == 3);
  CHECK(planes.height == 4);
  CHECK(planes.width == 5);
  for (int i = 0; i < 120; ++i) REQUIRE(planes.bytes[i] == i);
  CHECK(planes.labels == std::vector<std::uint16_t>{4, 0});
  CHECK(planes.classes == 5);

  for (const bool packed : {false, true}) {
    const ImageSet pixels = read({.images = {2, 4, 5, 3}, .packed = packed});
    CHECK(pixels.channels == 3);
    CHECK(pixels.height == 4);
    CHECK(pixels.width == 5);
    for (int n = 0; n < 2; ++n)
      for (int c = 0; c < 3; ++c)
        for (int p = 0; p < 20; ++p)
          REQUIRE(pixels.bytes[n * 60 + c * 20 + p] == n * 60 + p * 3 + c);
    CHECK(pixels.labels.empty());
    CHECK(pixels.unlabelled == (dir / "f.h5") + " has no dataset /labels");
  }
  const ImageSet grey = read({.images = {2, 4, 5}, .labels = {1, 0}, .classes = 7});
  CHECK(grey.channels == 1);
  CHECK(grey.bytes[39] == 39);
  CHECK(grey.classes == 7);
  CHECK(read({.images = {2, 3, 4, 3}, .axes = "NHWC"}).height == 3);
  CHECK(read({.images = {2, 3, 4, 3}, .axes = "NCHW"}).height == 4);
}

TEST_CASE("samples that a run left are such a file") {
  const TemporaryDirectory dir;
  std::vector<float> data(2 * 12);  // (2, 3, 2, 2) planes
  std::iota(data.begin(), data.end(), 0.f);
  const Samples samples{"samples", 0, 2, {3, 2, 2}, {2, 2, 3, 0, 255}, data};
  write_samples(dir / "s.h5", samples, draw(samples));
  const ImageSet set = read_hdf5_images(dir / "s.h5");
  CHECK(set.count == 2);
  CHECK(set.channels == 3);
  for (int i = 0; i < 24; ++i) REQUIRE(set.bytes[i] == i);
}

TEST_CASE("bad packed sets are refused in one sentence") {
  CHECK(error_of([] { read_hdf5_images("/nowhere.h5"); }) == "2 there is no file /nowhere.h5");
  CHECK(refusal({}) == "6 f.h5 has no dataset /images: expected uint8 (N,H,W,C) or (N,C,H,W)");
  CHECK(refusal({.images = {2, 4, 5, 3}, .type = H5T_STD_U16LE}) ==
        "6 f.h5: /images (2,4,5,3) has elements of another type: expected uint8, or floating "
        "point numbers from 0 to 1 or from -1 to 1");
  CHECK(refusal({.images = {2, 4, 5, 3}, .type = H5T_STD_I8LE}) ==
        "6 f.h5: /images (2,4,5,3) has elements of another type: expected uint8, or floating "
        "point numbers from 0 to 1 or from -1 to 1");
  CHECK(refusal({.images = {2, 4, 5, 4}}) ==
        "6 f.h5: /images has shape (2,4,5,4), expected (N,H,W), (N,H,W,C) or (N,C,H,W)");
  CHECK(refusal({.images = {2, 3, 5, 1}}) ==
        "6 f.h5: /images (2,3,5,1) may be (N,H,W,C) or (N,C,H,W), expected the attribute axes to "
        "say NHWC or NCHW");
  CHECK(refusal({.images = {2, 3, 5, 1}, .axes = "NHW"}) ==
        "6 f.h5: /images (2,3,5,1) has the attribute axes = 'NHW', expected NHW, NHWC or NCHW to "
        "name its axes");
  CHECK(refusal({.images = {2, 4, 5, 2}, .axes = "NHWC"}) ==
        "6 f.h5: /images (2,4,5,2) [NHWC] has 2 channels, expected 1 or 3");
  CHECK(refusal({.images = {2, 4, 5, 3}, .labels = {1}}) ==
        "6 f.h5: /labels (1): expected integers of shape (2), one for each image, or rows "
        "(2,K) with one 1");
  CHECK(refusal({.images = {2, 4, 5, 3}, .labels = {1, -1}}) ==
        "6 f.h5: /labels[1] is -1, expected 0 to 1");
  CHECK(refusal({.images = {2, 4, 5, 3}, .labels = {1, 2}, .classes = 2}) ==
        "6 f.h5: /labels[1] is 2, expected 0 to 1");

  const TemporaryDirectory dir;
  const std::string path = dir / "f.h5";
  write(path, {.images = {50, 4, 5, 3}});
  std::vector<char> bytes = file_bytes(path);
  bytes.resize(bytes.size() - 700);
  write_bytes(path, bytes);
  CHECK(error_of([&] {
          read_hdf5_images(path);
        }).starts_with("6 " + path + " is not a whole HDF5 file: "));
  write_bytes(path, {'n', 'o'});
  CHECK(error_of([&] {
          read_hdf5_images(path);
        }).starts_with("6 " + path + " is not a whole HDF5 file: "));
  // A header that promises 12 GB in a file of a few kB: nothing is allocated.
  {
    const hdf5::File file = hdf5::create_file(path);
    const hdf5::PropertyList creation = hdf5::dataset_creation();
    const std::vector<hsize_t> chunk{1, 64, 64, 3};
    H5Pset_chunk(creation.id(), 4, chunk.data());
    hdf5::create_dataset(file.id(), "images", H5T_STD_U8LE,
                         hdf5::simple_space({1000000, 64, 64, 3}), creation);
  }
  CHECK(error_of([&] { read_hdf5_images(path); }) ==
        "6 " + path +
            ": /images (1000000,64,64,3) is truncated: expected 12288000000 bytes, found 0 stored "
            "bytes");
}

TEST_SUITE_END();
