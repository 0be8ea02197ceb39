#include "io/images/bmp.h"

#include <stb/stb_image.h>

#include <algorithm>
#include <memory>

#include "engine/error.h"
#include "io/images/image_file.h"

namespace ganflow {
namespace {

// stb_image takes what lies behind the end of a file for zeros: whoever reads there is noticed.
struct Cursor {
  std::span<const std::uint8_t> left;
  bool beyond = false;
};

int read_some(void* user, char* to, int bytes) {
  auto& cursor = *static_cast<Cursor*>(user);
  const std::size_t n = std::min(static_cast<std::size_t>(std::max(bytes, 0)), cursor.left.size());
  if (n == 0 && bytes > 0) cursor.beyond = true;
  std::copy_n(cursor.left.begin(), n, to);
  cursor.left = cursor.left.subspan(n);
  return static_cast<int>(n);
}
void skip(void* user, int bytes) {
  auto& left = static_cast<Cursor*>(user)->left;
  left = left.subspan(std::min(static_cast<std::size_t>(std::max(bytes, 0)), left.size()));
}
int at_end(void* user) { return static_cast<Cursor*>(user)->left.empty(); }

constexpr stbi_io_callbacks kCallbacks{read_some, skip, at_end};

}  // namespace

Pixels decode_bmp(std::span<const std::uint8_t> file, const std::string& name) {
  const auto check = [&](bool good, const char* reason) {
    if (!good)
      fail(Fault::input, "{} ({} bytes) is not a whole BMP file: {}", name, file.size(),
           reason ? reason : "unknown kind");
  };
  int width = 0, height = 0, channels = 0;
  Cursor header{file};
  check(stbi_info_from_callbacks(&kCallbacks, &header, &width, &height, &channels),
        stbi_failure_reason());
  check_pixels(name, height, width);
  // A pixel takes a bit at least.
  check(static_cast<std::uint64_t>(width) * static_cast<std::uint64_t>(height) / 8 <= file.size(),
        "its header promises more pixels than it has");
  Cursor body{file};
  const std::unique_ptr<stbi_uc, void (*)(void*)> data(
      stbi_load_from_callbacks(&kCallbacks, &body, &width, &height, &channels, 0), stbi_image_free);
  check(data != nullptr, stbi_failure_reason());
  check(!body.beyond, "it ends early");
  Pixels pixels{height, width, channels, {}};
  pixels.data.assign(data.get(), data.get() + static_cast<std::size_t>(width) *
                                                  static_cast<std::size_t>(height) *
                                                  static_cast<std::size_t>(channels));
  return pixels;
}

}  // namespace ganflow
