#include "io/images/jpeg.h"

#include <csetjmp>
#include <cstdio>
// After <cstdio>, whose FILE they need.
#include <jpeglib.h>
// After jpeglib.h.
#include <jerror.h>

#include "engine/error.h"
#include "io/images/orientation.h"

namespace ganflow {
namespace {

constexpr std::uint64_t kMostPixels = 1 << 26;
constexpr int kMostScans = 500;  // a progressive file of thousands decodes for minutes

// libjpeg jumps out of an error. The functions that it jumps out of hold nothing that a destructor
// must end.
class Decoder {
 public:
  explicit Decoder(std::span<const std::uint8_t> file) : file_(file) {
    jpeg_.err = jpeg_std_error(&errors_);
    errors_.error_exit = [](j_common_ptr info) { of(info).stop(info->err->msg_code); };
    errors_.emit_message = [](j_common_ptr info, int level) {
      if (level < 0 && spoils_pixels(info->err->msg_code)) of(info).stop(info->err->msg_code);
    };
    progress_.progress_monitor = [](j_common_ptr info) {
      Decoder& decoder = of(info);
      if (decoder.jpeg_.input_scan_number > kMostScans) decoder.stop(0);
    };
    jpeg_.client_data = this;
  }
  ~Decoder() { jpeg_destroy_decompress(&jpeg_); }
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  bool header() {
    if (setjmp(jump_)) return false;
    jpeg_create_decompress(&jpeg_);
    jpeg_.progress = &progress_;
    jpeg_mem_src(&jpeg_, file_.data(), file_.size());
    jpeg_save_markers(&jpeg_, JPEG_APP0 + 1, 0xffff);
    jpeg_read_header(&jpeg_, TRUE);
    switch (jpeg_.jpeg_color_space) {
      case JCS_GRAYSCALE:
        jpeg_.out_color_space = JCS_GRAYSCALE;
        break;
      case JCS_CMYK:
      case JCS_YCCK:
        jpeg_.out_color_space = JCS_CMYK;
        break;
      default:
        jpeg_.out_color_space = JCS_RGB;
    }
    jpeg_calc_output_dimensions(&jpeg_);
    return true;
  }

  // Into height() * width() * components() bytes.
  bool decode(std::uint8_t* to) {
    if (setjmp(jump_)) return false;
    jpeg_start_decompress(&jpeg_);
    const std::size_t line = std::size_t{jpeg_.output_width} * components();
    while (jpeg_.output_scanline < jpeg_.output_height) {
      JSAMPROW row = to + jpeg_.output_scanline * line;
      jpeg_read_scanlines(&jpeg_, &row, 1);
    }
    jpeg_finish_decompress(&jpeg_);
    return true;
  }

  std::size_t height() const { return jpeg_.output_height; }
  std::size_t width() const { return jpeg_.output_width; }
  std::size_t components() const { return static_cast<std::size_t>(jpeg_.out_color_components); }
  bool inverted() const { return jpeg_.saw_Adobe_marker; }  // of CMYK: 255 is no ink
  const std::string& reason() const { return reason_; }

  int orientation() const {
    for (auto at = jpeg_.marker_list; at; at = at->next)
      if (const int found = exif_orientation({at->data, at->data_length}); found != 1) return found;
    return 1;
  }

 private:
  static Decoder& of(j_common_ptr info) { return *static_cast<Decoder*>(info->client_data); }

  static bool spoils_pixels(int code) {
    return code == JWRN_JPEG_EOF || code == JWRN_HIT_MARKER || code == JWRN_HUFF_BAD_CODE ||
           code == JWRN_ARITH_BAD_CODE || code == JWRN_BOGUS_PROGRESSION ||
           code == JWRN_MUST_RESYNC;
  }

  void stop(int code) {
    char text[JMSG_LENGTH_MAX] = "it has more than 500 scans";
    if (code) errors_.format_message(reinterpret_cast<j_common_ptr>(&jpeg_), text);
    reason_.assign(text);
    std::longjmp(jump_, 1);
  }

  std::span<const std::uint8_t> file_;
  jpeg_decompress_struct jpeg_{};
  jpeg_error_mgr errors_{};
  jpeg_progress_mgr progress_{};
  std::jmp_buf jump_;
  std::string reason_;
};

// (1 - ink) (1 - black) of each of the three inks.
std::vector<std::uint8_t> from_cmyk(const std::vector<std::uint8_t>& inks, bool inverted) {
  std::vector<std::uint8_t> rgb;
  rgb.reserve(inks.size() / 4 * 3);
  for (std::size_t i = 0; i < inks.size(); i += 4)
    for (std::size_t c = 0; c < 3; ++c) {
      const int ink = inverted ? inks[i + c] : 255 - inks[i + c];
      const int black = inverted ? inks[i + 3] : 255 - inks[i + 3];
      rgb.push_back(static_cast<std::uint8_t>((ink * black + 127) / 255));
    }
  return rgb;
}

}  // namespace

Pixels decode_jpeg(std::span<const std::uint8_t> file, const std::string& name) {
  Decoder decoder(file);
  const auto check = [&](bool good) {
    if (!good)
      fail(Fault::input, "{} ({} bytes) is not a whole JPEG file: {}", name, file.size(),
           decoder.reason());
  };
  check(decoder.header());
  if (std::uint64_t{decoder.width()} * decoder.height() > kMostPixels)
    fail(Fault::input, "{} has {} x {} pixels: at most {} are read", name, decoder.width(),
         decoder.height(), kMostPixels);
  std::vector<std::uint8_t> data(decoder.height() * decoder.width() * decoder.components());
  const int orientation = decoder.orientation();  // the markers go when the pixels are decoded
  check(decoder.decode(data.data()));
  const bool cmyk = decoder.components() == 4;
  const Pixels pixels{static_cast<Extent>(decoder.height()), static_cast<Extent>(decoder.width()),
                      decoder.components() == 1 ? 1 : 3,
                      cmyk ? from_cmyk(data, decoder.inverted()) : std::move(data)};
  return upright(pixels, orientation);
}

}  // namespace ganflow
