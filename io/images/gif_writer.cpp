#include "io/images/gif_writer.h"

#include <gif_lib.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>

#include "engine/error.h"
#include "io/disk/durable.h"

namespace ganflow {
namespace {

constexpr int kColours = 256;
constexpr Extent kMostSide = 65535;

int append(GifFileType* gif, const GifByteType* from, int bytes) {
  auto& to = *static_cast<std::vector<std::byte>*>(gif->UserData);
  const auto* begin = reinterpret_cast<const std::byte*>(from);
  to.insert(to.end(), begin, begin + bytes);
  return bytes;
}

struct Indexed {
  std::array<GifColorType, kColours> colours{};
  std::vector<GifByteType> pixels;  // numbers of colours
};

Indexed indexed(const Pixels& frame) {
  Indexed result;
  const auto count = static_cast<std::size_t>(frame.height * frame.width);
  if (frame.channels == 1) {
    for (int i = 0; i < kColours; ++i) {
      const auto level = static_cast<GifByteType>(i);
      result.colours[static_cast<std::size_t>(i)] = {level, level, level};
    }
    result.pixels = frame.data;
    return result;
  }
  std::array<std::vector<GifByteType>, 3> planes;
  for (std::size_t c = 0; c < 3; ++c)
    for (std::size_t p = 0; p < count; ++p) planes[c].push_back(frame.data[3 * p + c]);
  result.pixels.resize(count);
  int colours = kColours;
  if (GifQuantizeBuffer(static_cast<unsigned>(frame.width), static_cast<unsigned>(frame.height),
                        &colours, planes[0].data(), planes[1].data(), planes[2].data(),
                        result.pixels.data(), result.colours.data()) == GIF_ERROR)
    fail(Fault::output, "the colours of a frame cannot be reduced to {}: giflib ran out of memory",
         kColours);
  return result;
}

using ColourMap = std::unique_ptr<ColorMapObject, decltype(&GifFreeMapObject)>;

class Writer {
 public:
  Writer(const std::string& path, std::vector<std::byte>& bytes) : path_(path) {
    int error = 0;
    gif_ = EGifOpen(&bytes, append, &error);
    if (gif_ == nullptr)
      fail(Fault::output, "{} cannot be written: {}", path, GifErrorString(error));
    EGifSetGifVersion(gif_, true);
  }
  ~Writer() {
    if (gif_ != nullptr) EGifCloseFile(gif_, nullptr);
  }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  void begin(const Pixels& first) {
    require(EGifPutScreenDesc(gif_, static_cast<int>(first.width), static_cast<int>(first.height),
                              8, 0, nullptr));
    // The extension by which browsers repeat a GIF; 0: without end.
    static constexpr GifByteType kTimes[] = {1, 0, 0};
    require(EGifPutExtensionLeader(gif_, APPLICATION_EXT_FUNC_CODE));
    require(EGifPutExtensionBlock(gif_, 11, "NETSCAPE2.0"));
    require(EGifPutExtensionBlock(gif_, sizeof kTimes, kTimes));
    require(EGifPutExtensionTrailer(gif_));
  }

  void frame(const Pixels& pixels, int hundredths) {
    const Indexed picture = indexed(pixels);
    const GraphicsControlBlock control{.DisposalMode = DISPOSE_DO_NOT,
                                       .UserInputFlag = false,
                                       .DelayTime = hundredths,
                                       .TransparentColor = NO_TRANSPARENT_COLOR};
    std::array<GifByteType, 4> block{};
    const std::size_t length = EGifGCBToExtension(&control, block.data());
    require(EGifPutExtension(gif_, GRAPHICS_EXT_FUNC_CODE, static_cast<int>(length), block.data()));
    const ColourMap map(GifMakeMapObject(kColours, picture.colours.data()), GifFreeMapObject);
    require(EGifPutImageDesc(gif_, 0, 0, static_cast<int>(pixels.width),
                             static_cast<int>(pixels.height), false, map.get()));
    std::vector<GifByteType> line(static_cast<std::size_t>(pixels.width));
    for (Extent y = 0; y < pixels.height; ++y) {
      std::copy_n(picture.pixels.begin() + static_cast<std::ptrdiff_t>(y * pixels.width),
                  line.size(), line.begin());
      require(EGifPutLine(gif_, line.data(), static_cast<int>(line.size())));
    }
  }

  void end() {
    int error = 0;
    if (EGifCloseFile(std::exchange(gif_, nullptr), &error) == GIF_ERROR)
      fail(Fault::output, "{} cannot be written: {}", path_, GifErrorString(error));
  }

 private:
  void require(int result) const {
    if (result == GIF_ERROR)
      fail(Fault::output, "{} cannot be written: {}", path_, GifErrorString(gif_->Error));
  }

  const std::string& path_;
  GifFileType* gif_ = nullptr;
};

}  // namespace

void write_gif(const std::string& path, std::span<const Pixels> frames, double seconds) {
  if (frames.empty()) fail(Fault::usage, "{}: there are no frames", path);
  for (const Pixels& f : frames)
    if (f.height != frames[0].height || f.width != frames[0].width || f.height > kMostSide ||
        f.width > kMostSide)
      fail(Fault::usage,
           "{}: a frame has {} x {} pixels (height x width), the first one {} x {}; a GIF has one "
           "size of at most {} x {}",
           path, f.height, f.width, frames[0].height, frames[0].width, kMostSide, kMostSide);
  std::vector<std::byte> bytes;
  Writer writer(path, bytes);
  writer.begin(frames[0]);
  for (const Pixels& f : frames) writer.frame(f, static_cast<int>(std::lround(100 * seconds)));
  writer.end();
  write_durably(path, bytes);
}

}  // namespace ganflow
