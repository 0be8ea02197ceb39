#include "io/images/gif.h"

#include <gif_lib.h>

#include <algorithm>
#include <memory>

#include "engine/error.h"
#include "io/images/image_file.h"

namespace ganflow {
namespace {

struct Cursor {
  std::span<const std::uint8_t> left;
};

int read_some(GifFileType* gif, GifByteType* to, int bytes) {
  auto& left = static_cast<Cursor*>(gif->UserData)->left;
  const std::size_t n = std::min(static_cast<std::size_t>(std::max(bytes, 0)), left.size());
  std::copy_n(left.begin(), n, to);
  left = left.subspan(n);
  return static_cast<int>(n);
}

// Rows of a frame in the order in which they are stored.
std::vector<Extent> row_order(Extent rows, bool interlaced) {
  std::vector<Extent> order;
  const auto pass = [&](Extent from, Extent step) {
    for (Extent y = from; y < rows; y += step) order.push_back(y);
  };
  if (!interlaced) {
    pass(0, 1);
    return order;
  }
  pass(0, 8);
  pass(4, 8);
  pass(2, 4);
  pass(1, 2);
  return order;
}

}  // namespace

Pixels decode_gif(std::span<const std::uint8_t> file, const std::string& name) {
  Cursor cursor{file};
  int error = 0;
  const auto close = [](GifFileType* open) { DGifCloseFile(open, nullptr); };
  const std::unique_ptr<GifFileType, decltype(close)> gif(DGifOpen(&cursor, read_some, &error),
                                                          close);
  const auto check = [&](bool good) {
    if (good) return;
    const char* reason = GifErrorString(gif ? gif->Error : error);
    fail(Fault::input, "{} ({} bytes) is not a whole GIF file: {}", name, file.size(),
         reason ? reason : "it has no frame");
  };
  check(gif != nullptr);
  check_pixels(name, gif->SHeight, gif->SWidth);

  int transparent = NO_TRANSPARENT_COLOR;
  for (GifRecordType type = UNDEFINED_RECORD_TYPE; type != IMAGE_DESC_RECORD_TYPE;) {
    check(DGifGetRecordType(gif.get(), &type) == GIF_OK && type != TERMINATE_RECORD_TYPE);
    if (type != EXTENSION_RECORD_TYPE) continue;
    int code = 0;
    GifByteType* block = nullptr;
    check(DGifGetExtension(gif.get(), &code, &block) == GIF_OK);
    GraphicsControlBlock control;
    if (code == GRAPHICS_EXT_FUNC_CODE && block &&
        DGifExtensionToGCB(block[0], block + 1, &control) == GIF_OK)
      transparent = control.TransparentColor;
    while (block) check(DGifGetExtensionNext(gif.get(), &block) == GIF_OK);
  }
  check(DGifGetImageDesc(gif.get()) == GIF_OK);
  const GifImageDesc& frame = gif->Image;
  check_pixels(name, frame.Height, frame.Width);
  const ColorMapObject* colours = frame.ColorMap ? frame.ColorMap : gif->SColorMap;
  if (!colours) fail(Fault::input, "{} is a GIF file without a palette", name);

  Pixels pixels{gif->SHeight, gif->SWidth, 4, {}};
  pixels.data.resize(static_cast<std::size_t>(4 * pixels.height * pixels.width));
  std::vector<GifPixelType> line(static_cast<std::size_t>(frame.Width));
  for (const Extent row : row_order(frame.Height, frame.Interlace)) {
    check(DGifGetLine(gif.get(), line.data(), frame.Width) == GIF_OK);
    const Extent y = frame.Top + row;
    for (Extent x = 0; x < frame.Width; ++x) {
      const int index = line[static_cast<std::size_t>(x)];
      const Extent at = frame.Left + x;
      if (y >= pixels.height || at >= pixels.width || index == transparent ||
          index >= colours->ColorCount)
        continue;
      const GifColorType& colour = colours->Colors[index];
      const std::uint8_t rgba[] = {colour.Red, colour.Green, colour.Blue, 255};
      std::copy_n(rgba, 4, pixels.data.begin() + 4 * (y * pixels.width + at));
    }
  }
  return pixels;
}

}  // namespace ganflow
