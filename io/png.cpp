#include "io/png.h"

#include <png.h>

#include <filesystem>

#include "engine/error.h"
#include "io/durable.h"

namespace ganflow {

void write_png(const std::string& path, const Pixels& pixels) {
  if (pixels.channels != 1 && pixels.channels != 3)
    fail(Fault::output, "{} cannot be written: a PNG has 1 or 3 channels, the picture has {}", path,
         pixels.channels);
  write_durably(path, [&](const std::string& temporary) {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    image.width = static_cast<png_uint_32>(pixels.width);
    image.height = static_cast<png_uint_32>(pixels.height);
    image.format = pixels.channels == 1 ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB;
    if (!png_image_write_to_file(&image, temporary.c_str(), 0, pixels.data.data(), 0, nullptr))
      fail(Fault::output, "{} cannot be written: {}; free its disk or choose another --out", path,
           image.message);
  });
}

Pixels read_png(const std::string& path) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  if (!png_image_begin_read_from_file(&image, path.c_str()))
    fail(Fault::input, "{} is not a readable PNG file: {}", path, image.message);
  constexpr std::uint64_t kMostPixels = 1 << 26;
  if (std::uint64_t{image.width} * image.height > kMostPixels) {
    const std::uint32_t width = image.width, height = image.height;
    png_image_free(&image);
    fail(Fault::input, "{} has {} x {} pixels: at most {} are read", path, width, height,
         kMostPixels);
  }
  // A pixel takes a bit at least, and deflate packs at most 1032 bytes into one.
  std::error_code error;
  const std::uint64_t bytes = std::filesystem::file_size(path, error);
  if (std::uint64_t{image.width} * image.height / 8 > 1032 * bytes) {
    const std::uint32_t width = image.width, height = image.height;
    png_image_free(&image);
    fail(Fault::input, "{} is truncated: its header promises {} x {} pixels, found {} bytes", path,
         width, height, bytes);
  }
  const bool gray = (image.format & PNG_FORMAT_FLAG_COLOR) == 0;
  image.format = gray ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB;
  Pixels pixels{image.height, image.width, gray ? 1 : 3, {}};
  pixels.data.resize(PNG_IMAGE_SIZE(image));
  if (!png_image_finish_read(&image, nullptr, pixels.data.data(), 0, nullptr))
    fail(Fault::input, "{} is not a readable PNG file: {}", path, image.message);
  return pixels;
}

}  // namespace ganflow
