#include "io/data/image_folder.h"

#include <doctest/doctest.h>

#include <cmath>
#include <filesystem>

#include "engine/error.h"
#include "engine/graph/schedule.h"
#include "engine/tensor/philox.h"
#include "io/data/parallel.h"
#include "io/images/image_file.h"
#include "io/images/png.h"
#include "support/image_files.h"
#include "support/run_example.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

// Folders "cat" and "dog" with `each` images of 6 x 6 pixels; image i of class k is 100 k + i.
struct Pets {
  TemporaryDirectory dir;
  explicit Pets(int each = 3) {
    for (int k = 0; k < 2; ++k) {
      std::filesystem::create_directories(dir / (k ? "dog/deep" : "cat"));
      for (int i = 0; i < each; ++i) write_png(path(k, i), flat_picture(6, 6, 3, 100 * k + i));
    }
  }
  std::string path(int k, int i) const {
    return dir / fmt::format("{}/{:03}.png", k ? "dog/deep" : "cat", i);
  }
};

}  // namespace

TEST_SUITE_BEGIN("io");

TEST_CASE("a folder per class, sorted by name, as planes") {
  Pets pets;
  write_bytes(pets.dir / "cat/notes.txt", {'n', 'o'});
  write_bytes(pets.dir / "cat/.hidden.png", {'n', 'o'});
  write_jpeg(pets.dir / "dog/A.JPG", flat_picture(6, 6, 3, 60));
  const ImageSet set = read_image_folder(pets.dir.path());
  CHECK(set.count == 7);
  CHECK(set.channels == 3);
  CHECK(set.height == 6);
  CHECK(set.width == 6);
  CHECK(set.classes == 2);
  CHECK(set.labels == std::vector<std::uint16_t>{0, 0, 0, 1, 1, 1, 1});
  const int levels[] = {0, 1, 2, 60, 100, 101, 102};  // dog/A.JPG before dog/deep
  for (int i = 0; i < 7; ++i)
    for (int c = 0; c < 3; ++c)
      for (int p = 0; p < 36; ++p)
        REQUIRE(std::abs(set.bytes[i * 108 + c * 36 + p] - levels[i] - c) <= (i == 3 ? 2 : 0));
  // The same bytes from one thread as from several.
  ImageSet one;
  set_reading_threads(1);
  one = read_image_folder(pets.dir.path());
  set_reading_threads(0);
  CHECK(one.bytes == set.bytes);
}

TEST_CASE("images outside of class folders have no labels, and it is said why") {
  Pets pets(1);
  std::filesystem::remove_all(pets.dir / "dog");
  ImageSet set = read_image_folder(pets.dir.path());
  CHECK(set.labels.empty());
  CHECK(set.unlabelled == "all its images lie in one folder, cat");
  write_png(pets.dir / "x.png", flat_picture(6, 6, 3, 9));
  set = read_image_folder(pets.dir.path());
  CHECK(set.unlabelled == "its image x.png lies in no folder of a class");
}

TEST_CASE("images are cropped, resized and converted when asked") {
  const TemporaryDirectory dir;
  Pixels wide = flat_picture(8, 20, 3, 200);  // a dark middle of 8 x 8
  for (Extent y = 0; y < 8; ++y)
    for (Extent x = 6; x < 14; ++x)
      for (Extent c = 0; c < 3; ++c) wide.data[(y * 20 + x) * 3 + c] = 40;
  write_png(dir / "a.png", wide);
  write_png(dir / "b.png", flat_picture(5, 5, 1, 90));
  const ImageSet set = read_image_folder(dir.path(), {.side = 4, .channels = 1});
  CHECK(set.count == 2);
  CHECK(set.image_bytes() == 16);
  for (int p = 0; p < 16; ++p) {
    REQUIRE(set.bytes[p] == 40);
    REQUIRE(set.bytes[16 + p] == 90);
  }
  const ImageSet colour = read_image_folder(dir.path(), {.side = 2, .crop = 4, .channels = 3});
  CHECK(colour.bytes.size() == 2 * 12);
  CHECK(error_of([&] { read_image_folder(dir.path(), {.side = 4, .crop = 6, .channels = 1}); }) ==
        "6 " + (dir / "b.png") +
            " has 5 x 5 pixels (height x width), expected at least the crop of 6");
}

TEST_CASE("the first image that is not like the others stops the set") {
  Pets pets(40);
  write_png(pets.path(1, 30), flat_picture(6, 7, 3, 1));
  write_png(pets.path(1, 4), flat_picture(5, 6, 3, 1));
  const std::string sizes = "6 " + pets.path(1, 4) +
                            " has 5 x 6 pixels (height x width), expected 6 x 6 as " +
                            pets.path(0, 0) + " has; set images.side to crop and resize all";
  for (int round = 0; round < 5; ++round)
    CHECK(error_of([&] { read_image_folder(pets.dir.path()); }) == sizes);
  CHECK(read_image_folder(pets.dir.path(), {.side = 6}).count == 80);
  write_png(pets.path(0, 7), flat_picture(6, 6, 1, 1));
  CHECK(error_of([&] { read_image_folder(pets.dir.path()); }) ==
        "6 " + pets.path(0, 7) + " has 1 channel, expected 3 as " + pets.path(0, 0) +
            " has; set images.channels to convert all");
}

TEST_CASE("damaged images name the file") {
  Pets pets(2);
  const auto refused = [&](const std::string& path, const std::vector<char>& bytes) {
    write_bytes(path, bytes);
    return error_of([&] { read_image_folder(pets.dir.path()); });
  };
  const std::string png = pets.path(1, 1);
  const std::vector<char> good = file_bytes(png);
  std::vector<char> bytes(good.begin(), good.end() - 20);
  CHECK(refused(png, bytes).starts_with("6 " + png + " is not a readable PNG file: "));
  bytes = good;
  bytes[bytes.size() - 20] = static_cast<char>(bytes[bytes.size() - 20] ^ 0x55);  // pixels
  CHECK(refused(png, bytes).starts_with("6 " + png + " is not a readable PNG file: "));
  CHECK(refused(png, {'%', 'P', 'D', 'F'}) ==
        "6 " + png +
            " is no PNG, JPEG, WebP, GIF, TIFF or BMP file: it begins with 25 50 44 46; mend or "
            "remove it, or add #skip-bad to --data to go on without");
  write_bytes(png, good);

  const std::string jpeg = pets.dir / "dog/z.jpeg";
  write_jpeg(jpeg, flat_picture(6, 6, 3, 70));
  CHECK(read_image_folder(pets.dir.path()).count == 5);
  const std::vector<char> whole = file_bytes(jpeg);
  for (const std::size_t length : {std::size_t{3}, std::size_t{100}, whole.size() - 6}) {
    bytes.assign(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
    CHECK(
        refused(jpeg, bytes)
            .starts_with(fmt::format("6 {} ({} bytes) is not a whole JPEG file: ", jpeg, length)));
  }
}

TEST_CASE("whatever bytes are damaged, an image is read or refused, never anything else") {
  const TemporaryDirectory dir;
  Pixels picture = flat_picture(24, 20, 3, 0);
  for (std::size_t i = 0; i < picture.data.size(); ++i)
    picture.data[i] = static_cast<std::uint8_t>(random_word(1, 1, 0, i));
  write_png(dir / "x.png", picture);
  write_jpeg(dir / "x.jpg", picture);
  int refused = 0;
  for (const char* name : {"x.png", "x.jpg"}) {
    const std::vector<char> good = file_bytes(dir / name);
    for (Step round = 0; round < 200; ++round) {
      std::vector<char> bytes = good;
      for (int change = 0; change < 3; ++change) {
        const PhiloxBlock words = random_block(7, stream_id(name), round, change);
        bytes[words[0] % bytes.size()] = static_cast<char>(words[1]);
        if (words[2] % 8 == 0) bytes.resize(1 + words[3] % bytes.size());
      }
      write_bytes(dir / "bad", bytes);
      try {
        const Pixels p = read_image(dir / "bad");
        REQUIRE(p.data.size() == static_cast<std::size_t>(p.height * p.width * p.channels));
      } catch (const Error& error) {
        REQUIRE(error.fault() == Fault::input);
        ++refused;
      }
    }
  }
  CHECK(refused > 200);
}

TEST_CASE("JPEG files stay grey or RGB") {
  const TemporaryDirectory dir;
  for (const Extent channels : {1, 3}) {
    write_jpeg(dir / "x.jpg", flat_picture(9, 5, channels, 120));
    const Pixels back = read_image(dir / "x.jpg");
    CHECK(back.height == 9);
    CHECK(back.width == 5);
    CHECK(back.channels == channels);
    for (std::size_t i = 0; i < back.data.size(); ++i)
      REQUIRE(std::abs(back.data[i] - 120 - static_cast<int>(i) % static_cast<int>(channels)) <= 2);
  }
  CHECK(error_of([&] { read_image(dir / "no.jpg"); }) ==
        "2 " + (dir / "no.jpg") + " cannot be opened: No such file or directory");
}

TEST_CASE("folders and options that make no sense") {
  const TemporaryDirectory dir;
  const auto error = [&](const ImageFolder& options) {
    return error_of([&] { read_image_folder(dir.path(), options); });
  };
  CHECK(error({}) == "2 directory " + dir.path() +
                         " holds no image: expected *.png, *.jpg, *.jpeg, "
                         "*.jpe, *.webp, *.gif, *.tif, *.tiff, *.bmp");
  CHECK(error({.side = 2000}) == "2 images.side is 2000, it must be 1 to 1024 pixels");
  CHECK(error({.crop = 5}) ==
        "2 images.crop is 5, it must be above 0 and needs images.side to resize to");
  CHECK(error({.channels = 2}) == "2 images.channels is 2, it must be 1 or 3");
  CHECK(error_of([&] { read_image_folder(dir / "no"); }) ==
        "2 there is no directory " + (dir / "no"));
}

TEST_SUITE_END();
