#include "io/images/gif_writer.h"

#include <doctest/doctest.h>
#include <gif_lib.h>

#include "io/images/gif.h"
#include "support/image_files.h"
#include "support/run_example.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

int frames_of(const std::string& path) {
  int error = 0;
  GifFileType* gif = DGifOpenFileName(path.c_str(), &error);
  REQUIRE(gif != nullptr);
  REQUIRE(DGifSlurp(gif) == GIF_OK);
  const int count = gif->ImageCount;
  DGifCloseFile(gif, &error);
  return count;
}

}  // namespace

TEST_SUITE_BEGIN("io");

// Was not there.
TEST_CASE("frames become a GIF; grey levels and few colours stay what they are") {
  const TemporaryDirectory dir;
  const std::string path = dir / "a.gif";
  Pixels grey = flat_picture(16, 16, 1, 0);
  for (std::size_t i = 0; i < 256; ++i) grey.data[i] = static_cast<std::uint8_t>(i);
  write_gif(path, std::vector<Pixels>{grey, flat_picture(16, 16, 1, 9), grey});
  CHECK(frames_of(path) == 3);
  const std::vector<char> bytes = file_bytes(path);
  const Pixels first =
      decode_gif({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()}, "a.gif");
  REQUIRE(first.height == 16);
  for (std::size_t i = 0; i < 256; ++i)
    REQUIRE(first.data[i * static_cast<std::size_t>(first.channels)] == i);

  Pixels colours = flat_picture(2, 2, 3, 0);
  colours.data = {255, 0, 0, 0, 255, 0, 0, 0, 255, 250, 120, 60};
  write_gif(path, std::vector<Pixels>{colours, colours});
  const std::vector<char> again = file_bytes(path);
  const Pixels rgb =
      decode_gif({reinterpret_cast<const std::uint8_t*>(again.data()), again.size()}, "a.gif");
  for (std::size_t p = 0; p < 4; ++p)
    for (std::size_t c = 0; c < 3; ++c)  // giflib counts in 32 levels a colour
      CHECK(std::abs(rgb.data[p * static_cast<std::size_t>(rgb.channels) + c] -
                     colours.data[3 * p + c]) < 8);

  CHECK(error_of([&] {
          write_gif(path, std::vector<Pixels>{grey, colours});
        }) ==
        "2 " + path +
            ": a frame has 2 x 2 pixels (height x width), the first one 16 x 16; a GIF has one "
            "size of at most 65535 x 65535");
}

TEST_SUITE_END();
