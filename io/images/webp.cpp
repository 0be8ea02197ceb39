#include "io/images/webp.h"

#include <webp/decode.h>
#include <webp/demux.h>

#include <algorithm>
#include <memory>

#include "engine/error.h"
#include "io/images/image_file.h"
#include "io/images/orientation.h"

namespace ganflow {
namespace {

using Demuxer = std::unique_ptr<WebPDemuxer, void (*)(WebPDemuxer*)>;
using Animation = std::unique_ptr<WebPAnimDecoder, void (*)(WebPAnimDecoder*)>;

// False if the data are not whole. `to` is (H, W, 4).
bool decode_first_frame(const WebPData& data, std::vector<std::uint8_t>& to) {
  WebPAnimDecoderOptions options;
  if (!WebPAnimDecoderOptionsInit(&options)) return false;
  const Animation animation(WebPAnimDecoderNew(&data, &options), WebPAnimDecoderDelete);
  std::uint8_t* frame = nullptr;
  int milliseconds = 0;
  if (!animation || !WebPAnimDecoderGetNext(animation.get(), &frame, &milliseconds)) return false;
  std::copy_n(frame, to.size(), to.begin());
  return true;
}

}  // namespace

Pixels decode_webp(std::span<const std::uint8_t> file, const std::string& name) {
  WebPBitstreamFeatures features;
  const auto refuse = [&] {
    fail(Fault::input, "{} ({} bytes) is not a whole WebP file", name, file.size());
  };
  if (WebPGetFeatures(file.data(), file.size(), &features) != VP8_STATUS_OK) refuse();
  check_pixels(name, features.height, features.width);
  const bool alpha = features.has_alpha || features.has_animation;
  Pixels pixels{features.height, features.width, alpha ? 4 : 3, {}};
  const Extent line = pixels.width * pixels.channels;
  pixels.data.resize(static_cast<std::size_t>(pixels.height * line));
  const WebPData data{file.data(), file.size()};
  const auto decode = alpha ? WebPDecodeRGBAInto : WebPDecodeRGBInto;
  const bool whole = features.has_animation
                         ? decode_first_frame(data, pixels.data)
                         : decode(file.data(), file.size(), pixels.data.data(), pixels.data.size(),
                                  static_cast<int>(line)) != nullptr;
  if (!whole) refuse();

  const Demuxer demuxer(WebPDemux(&data), WebPDemuxDelete);
  WebPChunkIterator exif{};
  int orientation = 1;
  if (demuxer && WebPDemuxGetChunk(demuxer.get(), "EXIF", 1, &exif))
    orientation = exif_orientation({exif.chunk.bytes, exif.chunk.size});
  WebPDemuxReleaseChunkIterator(&exif);
  return upright(pixels, orientation);
}

}  // namespace ganflow
