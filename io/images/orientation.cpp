#include "io/images/orientation.h"

#include <libexif/exif-data.h>

#include <algorithm>
#include <memory>
#include <string_view>

namespace ganflow {

int exif_orientation(std::span<const std::uint8_t> block) {
  constexpr std::string_view kHeading("Exif\0\0", 6);
  constexpr std::size_t kMostBytes = 65535;  // of a JPEG's segment
  std::vector<std::uint8_t> bytes;
  const bool headed = block.size() >= kHeading.size() &&
                      std::equal(kHeading.begin(), kHeading.end(), block.begin());
  const bool tiff =
      block.size() >= 8 && block[0] == block[1] && (block[0] == 'I' || block[0] == 'M');
  if ((!headed && !tiff) || block.size() > kMostBytes) return 1;
  if (!headed) bytes.assign(kHeading.begin(), kHeading.end());
  bytes.insert(bytes.end(), block.begin(), block.end());
  const std::unique_ptr<ExifData, void (*)(ExifData*)> data(exif_data_new(), exif_data_unref);
  if (!data) return 1;
  exif_data_load_data(data.get(), bytes.data(), static_cast<unsigned>(bytes.size()));
  const ExifEntry* entry = exif_content_get_entry(data->ifd[EXIF_IFD_0], EXIF_TAG_ORIENTATION);
  if (!entry || entry->format != EXIF_FORMAT_SHORT || entry->size < 2) return 1;
  const int orientation = exif_get_short(entry->data, exif_data_get_byte_order(data.get()));
  return orientation >= 1 && orientation <= 8 ? orientation : 1;
}

Pixels upright(const Pixels& pixels, int orientation) {
  if (orientation <= 1 || orientation > 8) return pixels;
  const bool turned = orientation >= 5;
  const Extent h = pixels.height, w = pixels.width, c = pixels.channels;
  Pixels out{turned ? w : h, turned ? h : w, c, {}};
  out.data.resize(pixels.data.size());
  const bool from_right =
      orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
  const bool from_below =
      orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
  auto to = out.data.begin();
  for (Extent y = 0; y < out.height; ++y)
    for (Extent x = 0; x < out.width; ++x) {
      const Extent row = turned ? x : y, column = turned ? y : x;
      const Extent from =
          (from_below ? h - 1 - row : row) * w + (from_right ? w - 1 - column : column);
      to = std::copy_n(pixels.data.begin() + from * c, c, to);
    }
  return out;
}

}  // namespace ganflow
