#include "io/images/image_file.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>

#include "engine/error.h"
#include "io/data/byte_source.h"
#include "io/images/bmp.h"
#include "io/images/gif.h"
#include "io/images/jpeg.h"
#include "io/images/png.h"
#include "io/images/tiff.h"
#include "io/images/webp.h"

namespace ganflow {
namespace {

struct Format {
  std::string_view magic;
  std::size_t offset;
  Pixels (*decode)(std::span<const std::uint8_t>, const std::string&);
};

constexpr Format kFormats[] = {
    {"\xff\xd8", 0, decode_jpeg},
    {"\x89PNG", 0, decode_png},
    {"WEBP", 8, decode_webp},
    {"GIF8", 0, decode_gif},
    {std::string_view("II*\0", 4), 0, decode_tiff},
    {std::string_view("MM\0*", 4), 0, decode_tiff},
    {std::string_view("II+\0", 4), 0, decode_tiff},  // of more than 4 GiB
    {std::string_view("MM\0+", 4), 0, decode_tiff},
    {"BM", 0, decode_bmp},
};

Pixels on_background(const Pixels& pixels, int background) {
  if (pixels.channels % 2) return pixels;
  const auto colours = static_cast<std::size_t>(pixels.channels - 1);
  Pixels out{pixels.height, pixels.width, pixels.channels - 1, {}};
  out.data.reserve(pixels.data.size() / (colours + 1) * colours);
  for (std::size_t i = 0; i < pixels.data.size(); i += colours + 1) {
    const int a = pixels.data[i + colours];
    for (std::size_t c = 0; c < colours; ++c)
      out.data.push_back(
          static_cast<std::uint8_t>((a * pixels.data[i + c] + (255 - a) * background + 127) / 255));
  }
  return out;
}

}  // namespace

const std::vector<std::string>& image_extensions() {
  static const std::vector<std::string> all = {".png", ".jpg", ".jpeg", ".jpe", ".webp",
                                               ".gif", ".tif", ".tiff", ".bmp"};
  return all;
}

Pixels decode_image(std::span<const std::uint8_t> file, const std::string& name, int background) {
  for (const Format& format : kFormats)
    if (file.size() >= format.offset + format.magic.size() &&
        std::equal(format.magic.begin(), format.magic.end(),
                   file.begin() + static_cast<std::ptrdiff_t>(format.offset),
                   [](char a, std::uint8_t b) { return static_cast<std::uint8_t>(a) == b; }))
      return on_background(format.decode(file, name), background);
  if (file.empty()) fail(Fault::input, "{} is empty", name);
  fail(Fault::input, "{} is no PNG, JPEG, WebP, GIF, TIFF or BMP file: it begins with {:02x}", name,
       fmt::join(file.first(std::min<std::size_t>(4, file.size())), " "));
}

Pixels read_image(const std::string& path, int background) {
  return decode_image(read_whole(path), path, background);
}

void check_pixels(const std::string& name, std::uint64_t height, std::uint64_t width) {
  constexpr std::uint64_t kMost = 1 << 26;
  if (height == 0 || width == 0 || height > kMost || width > kMost || height * width > kMost)
    fail(Fault::input, "{} has {} x {} pixels (height x width), expected 1 to {}", name, height,
         width, kMost);
}

}  // namespace ganflow
