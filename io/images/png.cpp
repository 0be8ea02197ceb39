#include "io/images/png.h"

#include <png.h>
#include <zlib.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <span>
#include <string_view>
#include <vector>

#include "engine/error.h"
#include "io/data/byte_source.h"
#include "io/images/orientation.h"

namespace ganflow {
namespace {

// The content of the first chunk of a type; empty if there is none.
std::span<const std::uint8_t> find_chunk(std::span<const std::uint8_t> file,
                                         std::string_view type) {
  constexpr std::size_t kAround = 12;  // length, type, CRC32
  for (std::size_t at = 8; file.size() - at >= kAround;) {
    const std::size_t bytes = std::size_t{file[at]} << 24 | std::size_t{file[at + 1]} << 16 |
                              std::size_t{file[at + 2]} << 8 | file[at + 3];
    if (bytes > file.size() - at - kAround) break;
    if (std::equal(type.begin(), type.end(), file.begin() + static_cast<std::ptrdiff_t>(at) + 4))
      return file.subspan(at + 8, bytes);
    at += bytes + kAround;
  }
  return {};
}

}  // namespace

Pixels decode_png(std::span<const std::uint8_t> file, const std::string& name) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  if (!png_image_begin_read_from_memory(&image, file.data(), file.size()))
    fail(Fault::input, "{} is not a readable PNG file: {}", name, image.message);
  const std::uint64_t area = std::uint64_t{image.width} * image.height;
  // A pixel takes a bit at least, and deflate packs at most 1032 bytes into one.
  const std::uint64_t most = kMostPngPixels;
  const bool promised = area / 8 > 1032 * file.size();
  if (area > most || promised) {
    const std::uint32_t width = image.width, height = image.height;
    png_image_free(&image);
    if (area > most)
      fail(Fault::input, "{} has {} x {} pixels: at most {} are read", name, width, height, most);
    fail(Fault::input, "{} is truncated: its header promises {} x {} pixels, found {} bytes", name,
         width, height, file.size());
  }
  const bool gray = (image.format & PNG_FORMAT_FLAG_COLOR) == 0;
  const bool alpha = (image.format & PNG_FORMAT_FLAG_ALPHA) != 0;
  image.format = (gray ? 0u : PNG_FORMAT_FLAG_COLOR) | (alpha ? PNG_FORMAT_FLAG_ALPHA : 0u);
  image.flags |= PNG_IMAGE_FLAG_16BIT_sRGB;  // otherwise libpng takes 16 bits for linear light
  Pixels pixels{image.height, image.width, (gray ? 1 : 3) + (alpha ? 1 : 0), {}};
  pixels.data.resize(PNG_IMAGE_SIZE(image));
  if (!png_image_finish_read(&image, nullptr, pixels.data.data(), 0, nullptr))
    fail(Fault::input, "{} is not a readable PNG file: {}", name, image.message);
  return upright(pixels, exif_orientation(find_chunk(file, "eXIf")));
}

Pixels read_png(const std::string& path) { return decode_png(read_whole(path), path); }

void verify_png(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  const std::string file((std::istreambuf_iterator<char>(in)), {});
  const auto number = [&](std::size_t at) {  // big endian
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i)
      value = value << 8 | static_cast<std::uint8_t>(file[at + i]);
    return value;
  };
  constexpr std::string_view kSignature = "\x89PNG\r\n\x1a\n";
  if (!file.starts_with(kSignature))
    fail(Fault::input, "{} is not a PNG file: expected its signature at offset 0", path);
  constexpr std::size_t kAround = 12;  // length, type, CRC32
  std::string_view type;
  for (std::size_t at = kSignature.size(); type != "IEND";) {
    const std::size_t left = file.size() - at;
    if (left < kAround || number(at) > left - kAround)
      fail(Fault::input, "{} is damaged at offset {}: a chunk promises more than the {} bytes left",
           path, at, left);
    const std::size_t bytes = number(at);
    type = std::string_view(file).substr(at + 4, 4);
    const auto crc = static_cast<std::uint32_t>(::crc32_z(
        0, reinterpret_cast<const unsigned char*>(file.data()) + at + 4, bytes + type.size()));
    const std::uint32_t said = number(at + 8 + bytes);
    if (crc != said)
      fail(Fault::input,
           "{} is damaged: expected CRC32 {:08x} of the chunk at offset {}, found {:08x}", path,
           said, at, crc);
    at += bytes + kAround;
    if (type == "IEND" && at != file.size())
      fail(Fault::input, "{} is extended: expected {} bytes, found {}", path, at, file.size());
  }
}

}  // namespace ganflow
