#include "io/images/png.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <numeric>

#include "support/run_example.h"

using namespace ganflow;
using namespace ganflow::test;

TEST_SUITE_BEGIN("io");

TEST_CASE("samples become bytes by their value range") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<float> data{-1, 1, 0, -7, 9, nan};
  const Samples gray{"samples", 0, 1, {6}, {2, 3, 1, -1, 1}, data};
  CHECK(to_bytes(gray) == std::vector<std::uint8_t>{0, 255, 128, 0, 255, 0});

  std::vector<float> planes(12);  // (C, H, W) = (3, 2, 2)
  std::iota(planes.begin(), planes.end(), 0.f);
  const Samples planar{"samples", 0, 1, {3, 2, 2}, {2, 2, 3, 0, 255}, planes};
  CHECK(to_bytes(planar) == std::vector<std::uint8_t>{0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11});
  const Samples flat{"samples", 0, 1, {12}, {2, 2, 3, 0, 255}, planes};
  CHECK(to_bytes(flat) == to_bytes(planar));
}

TEST_CASE("tiles stand near square with white lines between") {
  const std::vector<float> data(70 * 6, 0.f);
  const Picture picture{2, 3, 1, 0, 1};
  const Pixels five = tile_grid({"samples", 0, 5, {6}, picture, data});
  CHECK(five.height == 2 * 3 - 1);
  CHECK(five.width == 3 * 4 - 1);
  CHECK(five.data[0] == 0);
  CHECK(five.data[3] == 255);           // between the first two tiles
  CHECK(five.data[2 * 11] == 255);      // the line below the first row
  CHECK(five.data[3 * 11 + 4] == 0);    // fifth tile
  CHECK(five.data[3 * 11 + 8] == 255);  // no sixth
  const Pixels most = tile_grid({"samples", 0, 70, {6}, picture, data});
  CHECK(most.height == 8 * 3 - 1);  // 64 of 70
  CHECK(most.width == 8 * 4 - 1);
}

TEST_CASE("tiles stand in the columns asked for, in whole rows") {
  const std::vector<float> data(70, 0.f);
  const Pixels grid = tile_grid({"paths", 0, 70, {1}, {1, 1, 1, 0, 1, 10}, data});
  CHECK(grid.width == 2 * 10 - 1);
  CHECK(grid.height == 2 * 6 - 1);  // 64 / 10 rows
  for (Extent i = 0; i < 10; ++i) CHECK(grid.data[2 * i] == 0);
}

// Was: of 7 samples in rows of 5 the last 2 were dropped.
TEST_CASE("a last row that is not full is drawn when nothing has to be left out") {
  const std::vector<float> data(7, 0.f);
  const Pixels grid = tile_grid({"paths", 0, 7, {1}, {1, 1, 1, 0, 1, 5}, data});
  CHECK(grid.width == 2 * 5 - 1);
  REQUIRE(grid.height == 2 * 2 - 1);
  CHECK(grid.data[2 * 9 + 2] == 0);
  CHECK(grid.data[2 * 9 + 4] == 255);
}

TEST_CASE("points are drawn where they are") {
  const std::vector<float> data{-2, -2, 2, 2, 9, 0};
  const Pixels plot = draw({"points", 0, 3, {2}, {0, 0, 0, -2, 2}, data});
  CHECK(plot.height == 512);
  CHECK(plot.width == 512);
  CHECK(plot.data[511 * 512] < 255);  // (-2, -2): bottom left
  CHECK(plot.data[511] < 255);        // (2, 2): top right
  CHECK(std::count_if(plot.data.begin(), plot.data.end(), [](int p) { return p < 255; }) == 8);
  const Pixels bars = draw({"points", 0, 6, {1}, {0, 0, 0, -2, 2}, data});
  CHECK(bars.data[511 * 512] < 255);
  CHECK(bars.data[511 * 512 + 100] == 255);
}

TEST_CASE("a PNG holds the pixels that were written") {
  const TemporaryDirectory directory;
  for (const Extent channels : {1, 3}) {
    Pixels pixels{5, 7, channels,
                  std::vector<std::uint8_t>(static_cast<std::size_t>(35 * channels))};
    std::iota(pixels.data.begin(), pixels.data.end(), std::uint8_t{3});
    write_png(directory / "x.png", pixels);
    const Pixels back = read_png(directory / "x.png");
    CHECK(back.height == 5);
    CHECK(back.width == 7);
    CHECK(back.channels == channels);
    CHECK(back.data == pixels.data);
  }
  write_bytes(directory / "bad.png", {'n', 'o'});
  CHECK(error_of([&] {
          read_png(directory / "bad.png");
        }).starts_with("6 " + (directory / "bad.png") + " is not a readable PNG file: "));
  CHECK(error_of([&] {
          write_png(directory / "no/x.png", {1, 1, 1, {0}});
        }).starts_with("5 " + (directory / "no/x.png") + " cannot be written: "));
}

// Was: libpng tried every filter on every line and looked for matches: 3 ms a plot, a fifth of what
// a short replica cost.
TEST_CASE("plots and photographs are packed by the difference of their lines") {
  const TemporaryDirectory directory;
  const auto written = [&](const Pixels& pixels) {
    write_png(directory / "x.png", pixels);
    CHECK(read_png(directory / "x.png").data == pixels.data);
    return file_bytes(directory / "x.png").size();
  };
  std::vector<float> points(2000);
  for (std::size_t i = 0; i < points.size(); ++i)
    points[i] = static_cast<float>(std::sin(0.37 * static_cast<double>(i * i)));
  CHECK(written(draw({"points", 0, 1000, {2}, {0, 0, 0, -1, 1}, points})) < 16'000);
  CHECK(written(draw({"points", 0, 2000, {1}, {0, 0, 0, -1, 1}, points})) < 3'000);
  Pixels smooth{256, 256, 3, std::vector<std::uint8_t>(256 * 256 * 3)};
  for (std::size_t i = 0; i < smooth.data.size(); ++i)
    smooth.data[i] = static_cast<std::uint8_t>(i / 768 + i % 768 / 4);
  CHECK(written(smooth) < 256 * 256 * 3 / 50);
  CHECK(error_of([&] {
          write_png(directory / "x.png", {0, 7, 1, {}});
        }) == "5 " + (directory / "x.png") +
                  " cannot be written: a picture has 1 to 67108864 pixels, this has 7 x 0");
}

// Flips in chunks that decoding does not need, or behind the last row, were said to be whole.
TEST_CASE("no flipped bit and no cut of a PNG goes unnoticed") {
  const TemporaryDirectory directory;
  const std::string path = directory / "x.png";
  write_png(path, {5, 7, 3, std::vector<std::uint8_t>(105, 9)});
  verify_png(path);
  const std::vector<char> bytes = file_bytes(path);
  const auto found = [&](const std::vector<char>& other) {
    write_bytes(path, other);
    return error_of([&] { verify_png(path); }).starts_with("6 " + path + " is ");
  };
  for (std::size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    std::vector<char> flipped = bytes;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    CHECK(found(flipped));
  }
  for (std::size_t size = 0; size < bytes.size(); ++size)
    CHECK(found({bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size)}));
  std::vector<char> longer = bytes;
  longer.push_back(0);
  CHECK(found(longer));
}

TEST_CASE("a picture that its samples do not fill was read past their end") {
  const std::vector<float> data(10, 0.f);
  const auto said = [&](const Samples& samples) { return error_of([&] { draw(samples); }); };
  CHECK(said({"grid", 0, 5, {2}, {4, 4, 1, 0, 1}, data}) ==
        "2 picture 'grid' of 4 x 4 pixels and 1 channel does not fit samples of 2 numbers");
  CHECK(
      said({"grid", 0, 5, {2}, {Extent{1} << 32, Extent{1} << 32, 1, 0, 1}, data}) ==
      "2 picture 'grid' of 4294967296 x 4294967296 pixels and 1 channel does not fit samples of 2 "
      "numbers");
  CHECK(said({"grid", 0, 6, {2}, {1, 2, 1, 0, 1}, data}) ==
        "2 picture 'grid': 6 rows of 2 numbers are 12, the samples hold 10");
  CHECK(said({"grid", 0, 5, {2}, {1, 1, 2, 0, 1}, data}) ==
        "2 picture 'grid' has 2 channels, expected 1, 3 or 0 for points");
  CHECK(said({"grid", 0, 5, {2}, {-1, -2, 1, 0, 1}, data}) ==
        "2 picture 'grid' has -1 x -2 pixels in 0 columns, expected at least 1 x 1");
  CHECK(said({"grid", 0, 5, {2}, {1, 2, 1, 1, 1}, data}) ==
        "2 picture 'grid': the value of black, 1, is not below that of white, 1");
  CHECK(said({"points", 0, 10, {1, 0}, {0, 0, 0, 0, 1}, {}}) ==
        "2 picture 'points': a point has no coordinates");
  CHECK(error_of([&] { to_bytes({"grid", 0, 5, {2}, {4, 4, 1, 0, 1}, data}); }) != "");
  CHECK(said({"grid", 0, 5, {2}, {1, 2, 1, 0, 1}, data}) == "");
  CHECK(said({"points", 0, 5, {2}, {0, 0, 0, 0, 0}, data}) == "");  // range of the data
}

TEST_SUITE_END();
