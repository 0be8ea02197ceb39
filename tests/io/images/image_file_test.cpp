#include "io/images/image_file.h"

#include <doctest/doctest.h>
#include <gif_lib.h>
#include <png.h>
#include <tiffio.h>
#include <webp/encode.h>

#include "io/images/orientation.h"
#include "io/images/png.h"
#include "support/image_files.h"
#include "support/run_example.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

// A file libpng writes of 16 or 8 bits a value, in the colour type that the channels say.
void write_deep_png(const std::string& path, Extent side, int channels, int bits,
                    const std::vector<std::uint8_t>& row) {
  std::FILE* file = std::fopen(path.c_str(), "wb");
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(png);
  png_init_io(png, file);
  const int types[] = {PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_GRAY_ALPHA, PNG_COLOR_TYPE_RGB,
                       PNG_COLOR_TYPE_RGB_ALPHA};
  png_set_IHDR(png, info, static_cast<png_uint_32>(side), static_cast<png_uint_32>(side), bits,
               types[channels - 1], PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
               PNG_FILTER_TYPE_DEFAULT);
  png_write_info(png, info);
  for (Extent y = 0; y < side; ++y) png_write_row(png, row.data());
  png_write_end(png, nullptr);
  png_destroy_write_struct(&png, &info);
  std::fclose(file);
}

std::vector<char> little_endian(std::initializer_list<std::pair<int, int>> fields) {
  std::vector<char> bytes;  // (value, bytes)
  for (const auto& [value, n] : fields)
    for (int i = 0; i < n; ++i) bytes.push_back(static_cast<char>(value >> (8 * i)));
  return bytes;
}

}  // namespace

TEST_SUITE_BEGIN("io");

// Was: CMYK files were called "not a whole JPEG file".
TEST_CASE("JPEG files of four inks become RGB, Adobe's inverted ones too") {
  const TemporaryDirectory dir;
  Pixels inks{8, 8, 4, {}};
  for (int i = 0; i < 64; ++i)
    for (const int v : {0, 255, 100, 51}) inks.data.push_back(static_cast<std::uint8_t>(v));
  for (const bool adobe : {false, true}) {
    Pixels stored = inks;
    if (adobe)
      for (auto& v : stored.data) v = static_cast<std::uint8_t>(255 - v);
    write_jpeg(dir / "x.jpg", stored, {.adobe = adobe});
    const Pixels p = read_image(dir / "x.jpg");
    REQUIRE(p.channels == 3);
    const int expected[] = {204, 0, 124};  // (255 - ink) (255 - 51) / 255
    for (int c = 0; c < 3; ++c) CHECK(std::abs(p.data[c] - expected[c]) <= 2);
  }
}

// Was: "not a whole JPEG file: Could not determine subsampling type".
TEST_CASE("JPEG files of any chroma sampling are read") {
  const TemporaryDirectory dir;
  for (const auto& [across, down] : {std::pair{3, 1}, {1, 3}, {4, 2}, {2, 2}, {1, 1}}) {
    write_jpeg(dir / "x.jpg", flat_picture(20, 24, 3, 90), {.across = across, .down = down});
    const Pixels p = read_image(dir / "x.jpg");
    CHECK(p.height == 20);
    for (int c = 0; c < 3; ++c) CHECK(std::abs(p.data[300 + c] - 90 - c) <= 2);
  }
}

// Was: every warning of libjpeg stopped the set.
TEST_CASE("stray bytes between a JPEG's segments are read over, cut pixels are not") {
  const TemporaryDirectory dir;
  write_jpeg(dir / "x.jpg", flat_picture(30, 30, 3, 90));
  const std::vector<char> good = file_bytes(dir / "x.jpg");
  std::vector<char> bytes = good;
  bytes.insert(bytes.end() - 2, {'j', 'u', 'n', 'k'});  // before the end marker
  write_bytes(dir / "x.jpg", bytes);
  CHECK(read_image(dir / "x.jpg").height == 30);
  bytes.resize(bytes.size() - 12);  // stray bytes first must not hide it
  write_bytes(dir / "x.jpg", bytes);
  CHECK(error_of([&] { read_image(dir / "x.jpg"); }).find("is not a whole JPEG file") !=
        std::string::npos);
}

// Was: photographs of phones lay on their side.
TEST_CASE("the Exif orientation turns a picture the right way up") {
  const Pixels p{2, 3, 1, {1, 2, 3, 4, 5, 6}};
  const std::vector<std::uint8_t> expected[] = {
      {1, 2, 3, 4, 5, 6}, {3, 2, 1, 6, 5, 4}, {6, 5, 4, 3, 2, 1}, {4, 5, 6, 1, 2, 3},
      {1, 4, 2, 5, 3, 6}, {4, 1, 5, 2, 6, 3}, {6, 3, 5, 2, 4, 1}, {3, 6, 2, 5, 1, 4}};
  for (int orientation = 1; orientation <= 8; ++orientation) {
    CAPTURE(orientation);
    const Pixels turned = upright(p, orientation);
    CHECK(turned.data == expected[orientation - 1]);
    CHECK(turned.height == (orientation >= 5 ? 3 : 2));
    const std::string block = exif_block(orientation);
    CHECK(exif_orientation({reinterpret_cast<const std::uint8_t*>(block.data()), block.size()}) ==
          orientation);
  }
  const TemporaryDirectory dir;
  write_jpeg(dir / "x.jpg", flat_picture(32, 48, 3, 90), {.exif = exif_block(6)});
  CHECK(read_image(dir / "x.jpg").height == 48);
  CHECK(exif_orientation({}) == 1);
}

// Was: 16 bits without colour information went through a gamma, 0x4040 became 136.
TEST_CASE("16-bit PNG files become their upper bytes") {
  const TemporaryDirectory dir;
  for (const int channels : {1, 3}) {
    write_deep_png(dir / "x.png", 2, channels, 16,
                   std::vector<std::uint8_t>(static_cast<std::size_t>(4 * channels), 0x40));
    const Pixels p = read_image(dir / "x.png");
    CHECK(p.channels == channels);
    for (const int value : p.data) CHECK(value == 0x40);
  }
}

// Was: composed in linear light, 200 at alpha 128 became 148, and always on black.
TEST_CASE("transparent pixels stand on the background that is asked for") {
  const TemporaryDirectory dir;
  write_deep_png(dir / "x.png", 1, 4, 8, {200, 100, 0, 128});
  CHECK(read_image(dir / "x.png").data == std::vector<std::uint8_t>{100, 50, 0});
  CHECK(read_image(dir / "x.png", 255).data == std::vector<std::uint8_t>{227, 177, 127});
  write_deep_png(dir / "x.png", 1, 2, 8, {200, 0});
  CHECK(read_image(dir / "x.png", 70).data == std::vector<std::uint8_t>{70});
}

// Was: left out of the set without a word, as were GIF, TIFF and BMP.
TEST_CASE("WebP files are read, with transparency; cut ones are refused") {
  const TemporaryDirectory dir;
  const std::vector<std::uint8_t> rgba = {10, 20, 30, 255, 40, 50, 60, 0};
  std::uint8_t* file = nullptr;
  const std::size_t bytes = WebPEncodeLosslessRGBA(rgba.data(), 2, 1, 8, &file);
  write_bytes(dir / "x.webp", {file, file + bytes});
  WebPFree(file);
  const Pixels p = read_image(dir / "x.webp", 9);
  CHECK(p.width == 2);
  CHECK(p.data == std::vector<std::uint8_t>{10, 20, 30, 9, 9, 9});
  std::vector<char> cut = file_bytes(dir / "x.webp");
  cut.resize(cut.size() - 6);
  write_bytes(dir / "x.webp", cut);
  CHECK(error_of([&] { read_image(dir / "x.webp"); }).find("not a whole WebP") !=
        std::string::npos);
}

TEST_CASE("the first frame of a GIF file is read on its canvas") {
  const TemporaryDirectory dir;
  int error = 0;
  GifFileType* gif = EGifOpenFileName((dir / "x.gif").c_str(), false, &error);
  const GifColorType colours[] = {{1, 2, 3}, {40, 50, 60}};
  ColorMapObject* map = GifMakeMapObject(2, colours);
  EGifPutScreenDesc(gif, 3, 2, 8, 0, map);
  for (int frame = 0; frame < 2; ++frame) {
    EGifPutImageDesc(gif, 1, 0, 2, 2, false, nullptr);
    std::vector<GifPixelType> line(2, static_cast<GifPixelType>(1 - frame));
    for (int y = 0; y < 2; ++y) EGifPutLine(gif, line.data(), 2);
  }
  EGifCloseFile(gif, &error);
  GifFreeMapObject(map);
  const Pixels p = read_image(dir / "x.gif", 7);
  CHECK(p.height == 2);
  const std::vector<std::uint8_t> row = {7, 7, 7, 40, 50, 60, 40, 50, 60};
  CHECK(std::vector(p.data.begin(), p.data.begin() + 9) == row);
  std::vector<char> cut = file_bytes(dir / "x.gif");
  cut.resize(25);
  write_bytes(dir / "x.gif", cut);
  CHECK(error_of([&] { read_image(dir / "x.gif"); }).find("not a whole GIF") != std::string::npos);
}

TEST_CASE("TIFF files are read, gray and RGB, 8 and 16 bits, turned by their tag") {
  const TemporaryDirectory dir;
  for (const int channels : {1, 3})
    for (const int bits : {8, 16}) {
      TIFF* tiff = TIFFOpen((dir / "x.tif").c_str(), "w");
      TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, 5);
      TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, 4);
      TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, bits);
      TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, channels);
      TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC,
                   channels == 1 ? PHOTOMETRIC_MINISBLACK : PHOTOMETRIC_RGB);
      TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
      TIFFSetField(tiff, TIFFTAG_COMPRESSION, COMPRESSION_LZW);
      TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, 4);
      TIFFSetField(tiff, TIFFTAG_ORIENTATION, ORIENTATION_BOTRIGHT);
      for (int y = 0; y < 4; ++y) {
        std::vector<std::uint8_t> row(static_cast<std::size_t>(5 * channels * bits / 8),
                                      static_cast<std::uint8_t>(50 * y));
        TIFFWriteScanline(tiff, row.data(), static_cast<std::uint32_t>(y));
      }
      TIFFClose(tiff);
      const Pixels p = read_image(dir / "x.tif");
      CHECK(p.channels == channels);
      REQUIRE(p.data.size() == static_cast<std::size_t>(20 * channels));
      CHECK(p.data.front() == 150);
      CHECK(p.data.back() == 0);
    }
  std::vector<char> cut = file_bytes(dir / "x.tif");
  cut.resize(20);
  write_bytes(dir / "x.tif", cut);
  CHECK(error_of([&] { read_image(dir / "x.tif"); }).find("not a whole TIFF") != std::string::npos);
}

TEST_CASE("BMP files are read; what ends early is refused") {
  const TemporaryDirectory dir;
  std::vector<char> bytes = {'B', 'M'};
  const std::vector<char> rest = little_endian(
      {{70, 4},       {0, 4},        {54, 4}, {40, 4},       {2, 4},        {2, 4}, {1, 2},
       {24, 2},       {0, 4},        {16, 4}, {0, 4},        {0, 4},        {0, 4}, {0, 4},
       {0x030201, 3}, {0x060504, 3}, {0, 2},  {0x090807, 3}, {0x0c0b0a, 3}, {0, 2}});
  bytes.insert(bytes.end(), rest.begin(), rest.end());
  write_bytes(dir / "x.bmp", bytes);
  CHECK(read_image(dir / "x.bmp").data ==
        std::vector<std::uint8_t>{9, 8, 7, 12, 11, 10, 3, 2, 1, 6, 5, 4});
  bytes.resize(bytes.size() - 9);
  write_bytes(dir / "x.bmp", bytes);
  CHECK(error_of([&] { read_image(dir / "x.bmp"); }).find("not a whole BMP") != std::string::npos);
}

TEST_SUITE_END();
