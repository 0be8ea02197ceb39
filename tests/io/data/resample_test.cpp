#include "io/data/resample.h"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdlib>

#include "support/image_files.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

// Value (7 y + 13 x + 29 c + y x) mod 256: structure in both directions and in every channel.
Pixels pattern(Extent height, Extent width, Extent channels) {
  Pixels p{height, width, channels, {}};
  for (Extent y = 0; y < height; ++y)
    for (Extent x = 0; x < width; ++x)
      for (Extent c = 0; c < channels; ++c)
        p.data.push_back(static_cast<std::uint8_t>(7 * y + 13 * x + 29 * c + y * x));
  return p;
}

}  // namespace

TEST_SUITE_BEGIN("io");

TEST_CASE("the centre is cut out") {
  const Pixels p = pattern(5, 8, 3);
  const Pixels c = centre_crop(p, 2, 4);
  CHECK(c.height == 2);
  CHECK(c.width == 4);
  for (Extent y = 0; y < 2; ++y)
    for (Extent x = 0; x < 4; ++x)
      for (Extent k = 0; k < 3; ++k)
        REQUIRE(c.data[(y * 4 + x) * 3 + k] == p.data[((y + 1) * 8 + x + 2) * 3 + k]);
  CHECK(centre_crop(p, 5, 8).data == p.data);
}

TEST_CASE("resizing by hand") {
  // Half the size: triangle of reach 2 around 1, weights 1/8 3/8 3/8 1/8, cut off at the edge.
  const Pixels row{1, 4, 1, {0, 70, 140, 210}};
  const Pixels half = resize(row, 1, 2);
  CHECK(half.data[0] == std::lround((3 * 0 + 3 * 70 + 1 * 140) / 7.0));
  CHECK(half.data[1] == std::lround((1 * 70 + 3 * 140 + 3 * 210) / 7.0));
  // Twice the size: bilinear between pixel centres, constant beyond the outermost ones.
  const Pixels twice = resize({2, 1, 1, {0, 100}}, 4, 1);
  CHECK(twice.data == std::vector<std::uint8_t>{0, 25, 75, 100});
  const Pixels same = pattern(6, 5, 3);
  CHECK(resize(same, 6, 5).data == same.data);
  for (const Extent side : {1, 7, 64})
    CHECK(resize(flat_picture(31, 17, 3, 90), side, side).data ==
          flat_picture(side, side, 3, 90).data);
}

TEST_CASE("resizing equals PIL's BILINEAR within a grey level") {
  // /usr/bin/python3, Pillow 9.4: Image.fromarray(pattern(9, 14)).resize((5, 4), BILINEAR), where
  // pattern is the function above with one channel. PIL rounds between the axes, we do not.
  const std::vector<int> pil = {22, 57,  96,  134, 170, 39, 79,  123, 167, 206,
                                57, 104, 154, 201, 160, 74, 126, 182, 179, 61};
  const Pixels ours = resize(pattern(9, 14, 1), 4, 5);
  REQUIRE(ours.data.size() == pil.size());
  for (std::size_t i = 0; i < pil.size(); ++i) CHECK(std::abs(ours.data[i] - pil[i]) <= 1);
}

TEST_CASE("grey becomes RGB and back") {
  const Pixels grey{1, 2, 1, {10, 200}};
  CHECK(with_channels(grey, 3).data == std::vector<std::uint8_t>{10, 10, 10, 200, 200, 200});
  CHECK(with_channels(with_channels(grey, 3), 1).data == grey.data);
  const Pixels colour{1, 3, 3, {255, 0, 0, 0, 255, 0, 0, 0, 255}};
  CHECK(with_channels(colour, 1).data == std::vector<std::uint8_t>{76, 150, 29});
  CHECK(with_channels(colour, 3).data == colour.data);
}

TEST_SUITE_END();
