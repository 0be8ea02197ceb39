#include "io/images/tiff.h"

#include <tiffio.h>

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <memory>

#include "engine/error.h"
#include "io/images/image_file.h"

namespace ganflow {
namespace {

// A file in memory, as libtiff reads it, and the first thing it complained of.
struct TiffMemory {
  std::span<const std::uint8_t> file;
  toff_t at = 0;
  std::string reason = {};
};

TiffMemory& source_of(thandle_t handle) { return *static_cast<TiffMemory*>(handle); }

tmsize_t read_some(thandle_t handle, void* to, tmsize_t bytes) {
  TiffMemory& s = source_of(handle);
  const toff_t begin = std::min<toff_t>(s.at, s.file.size());
  const auto n = std::min<std::size_t>(static_cast<std::size_t>(std::max<tmsize_t>(bytes, 0)),
                                       s.file.size() - begin);
  std::copy_n(s.file.begin() + static_cast<std::ptrdiff_t>(begin), n,
              static_cast<std::uint8_t*>(to));
  s.at = begin + n;
  return static_cast<tmsize_t>(n);
}
tmsize_t write_none(thandle_t, void*, tmsize_t) { return 0; }
toff_t seek(thandle_t handle, toff_t offset, int whence) {
  TiffMemory& s = source_of(handle);
  s.at = offset + (whence == SEEK_CUR ? s.at : whence == SEEK_END ? s.file.size() : 0);
  return s.at;
}
int close_nothing(thandle_t) { return 0; }
toff_t size_of(thandle_t handle) { return source_of(handle).file.size(); }

int keep_error(TIFF*, void* user, const char*, const char* format, std::va_list arguments) {
  auto& reason = static_cast<TiffMemory*>(user)->reason;
  char text[256];
  if (reason.empty() && std::vsnprintf(text, sizeof text, format, arguments) > 0) reason = text;
  return 1;
}
int pass_warning(TIFF*, void*, const char*, const char*, std::va_list) { return 1; }

// libtiff hands out colours that are multiplied by alpha.
std::uint8_t straight(unsigned value, unsigned alpha) {
  return static_cast<std::uint8_t>(alpha ? std::min(255u, (255 * value + alpha / 2) / alpha) : 0);
}

}  // namespace

Pixels decode_tiff(std::span<const std::uint8_t> file, const std::string& name) {
  TiffMemory source{file};
  const std::unique_ptr<TIFFOpenOptions, void (*)(TIFFOpenOptions*)> options(TIFFOpenOptionsAlloc(),
                                                                             TIFFOpenOptionsFree);
  TIFFOpenOptionsSetMaxSingleMemAlloc(options.get(), tmsize_t{1} << 28);
  TIFFOpenOptionsSetErrorHandlerExtR(options.get(), keep_error, &source);
  TIFFOpenOptionsSetWarningHandlerExtR(options.get(), pass_warning, nullptr);
  // m: not mapped; the pages after the first are never looked at.
  const std::unique_ptr<TIFF, void (*)(TIFF*)> tiff(
      TIFFClientOpenExt(name.c_str(), "rm", &source, read_some, write_none, seek, close_nothing,
                        size_of, nullptr, nullptr, options.get()),
      TIFFClose);
  const auto check = [&](bool good) {
    if (!good)
      fail(Fault::input, "{} ({} bytes) is not a whole TIFF file: {}", name, file.size(),
           source.reason.empty() ? "it has no image" : source.reason);
  };
  check(tiff != nullptr);
  std::uint32_t height = 0, width = 0;
  std::uint16_t samples = 1, photometric = PHOTOMETRIC_RGB, extras = 0;
  std::uint16_t* kinds = nullptr;
  check(TIFFGetField(tiff.get(), TIFFTAG_IMAGELENGTH, &height) &&
        TIFFGetField(tiff.get(), TIFFTAG_IMAGEWIDTH, &width));
  check_pixels(name, height, width);
  TIFFGetFieldDefaulted(tiff.get(), TIFFTAG_SAMPLESPERPIXEL, &samples);
  TIFFGetField(tiff.get(), TIFFTAG_PHOTOMETRIC, &photometric);
  TIFFGetFieldDefaulted(tiff.get(), TIFFTAG_EXTRASAMPLES, &extras, &kinds);
  const bool gray = photometric == PHOTOMETRIC_MINISBLACK || photometric == PHOTOMETRIC_MINISWHITE;
  const bool alpha = extras > 0 && kinds[0] != EXTRASAMPLE_UNSPECIFIED;

  char reason[1024] = "";
  if (!TIFFRGBAImageOK(tiff.get(), reason))
    fail(Fault::input, "{} is a TIFF file of a kind that is not read: {}; save it as PNG", name,
         reason);
  std::vector<std::uint32_t> raster(std::size_t{height} * width);
  check(
      TIFFReadRGBAImageOriented(tiff.get(), width, height, raster.data(), ORIENTATION_TOPLEFT, 1));

  const int colours = gray ? 1 : 3;
  Pixels pixels{height, width, colours + (alpha ? 1 : 0), {}};
  pixels.data.reserve(raster.size() * static_cast<std::size_t>(pixels.channels));
  for (const std::uint32_t abgr : raster) {
    const unsigned a = TIFFGetA(abgr);
    const unsigned rgb[] = {TIFFGetR(abgr), TIFFGetG(abgr), TIFFGetB(abgr)};
    for (int c = 0; c < colours; ++c)
      pixels.data.push_back(alpha ? straight(rgb[c], a) : static_cast<std::uint8_t>(rgb[c]));
    if (alpha) pixels.data.push_back(static_cast<std::uint8_t>(a));
  }
  return pixels;
}

}  // namespace ganflow
