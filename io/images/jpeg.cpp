#include "io/images/jpeg.h"

#include <turbojpeg.h>

#include <memory>

#include "engine/error.h"
#include "io/data/byte_source.h"

namespace ganflow {

Pixels read_jpeg(const std::string& path) {
  constexpr std::uint64_t kMostPixels = 1 << 26, kMostBytes = 1 << 28;
  ByteSource source(path);
  if (source.file_bytes() > kMostBytes)
    fail(Fault::input, "{} has {} bytes: at most {} are read of a JPEG file", path,
         source.file_bytes(), kMostBytes);
  std::vector<std::uint8_t> file(source.file_bytes());
  file.resize(source.read(file));

  const std::unique_ptr<void, int (*)(tjhandle)> decoder(tjInitDecompress(), tjDestroy);
  const auto check = [&](int result) {
    if (result != 0)
      fail(Fault::input, "{} ({} bytes) is not a whole JPEG file: {}", path, file.size(),
           tjGetErrorStr2(decoder.get()));
  };
  int width = 0, height = 0, sampling = 0, space = 0;
  check(tjDecompressHeader3(decoder.get(), file.data(), file.size(), &width, &height, &sampling,
                            &space));
  if (static_cast<std::uint64_t>(width) * static_cast<std::uint64_t>(height) > kMostPixels)
    fail(Fault::input, "{} has {} x {} pixels: at most {} are read", path, width, height,
         kMostPixels);
  const bool gray = space == TJCS_GRAY;
  Pixels pixels{height, width, gray ? 1 : 3, {}};
  pixels.data.resize(static_cast<std::size_t>(height * width * (gray ? 1 : 3)));
  check(tjDecompress2(decoder.get(), file.data(), file.size(), pixels.data.data(), width, 0, height,
                      gray ? TJPF_GRAY : TJPF_RGB, TJFLAG_ACCURATEDCT));
  return pixels;
}

}  // namespace ganflow
