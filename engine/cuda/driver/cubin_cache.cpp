#include "engine/cuda/driver/cubin_cache.h"

#include <fmt/format.h>
#include <unistd.h>
#include <zlib.h>

#include <atomic>
#include <cstdint>
#include <fstream>

namespace ganflow::cuda {
namespace {

namespace fs = std::filesystem;

// A file is this head, then key, log and image.
struct Head {
  char magic[8] = {'g', 'a', 'n', 'c', 'u', 'b', '0', '1'};
  std::uint64_t key = 0, log = 0, image = 0;  // bytes
  std::uint64_t crc = 0;                      // of what follows the head
  bool operator==(const Head&) const = default;
};

std::uint64_t crc_of(const std::string& text) {
  return crc32_z(0, reinterpret_cast<const Bytef*>(text.data()), text.size());
}

// FNV-1a.
std::uint64_t hash_of(const std::string& text) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return hash;
}

}  // namespace

fs::path cache_file(const fs::path& folder, const std::string& key) {
  return folder / fmt::format("{:016x}.cubin", hash_of(key));
}

std::optional<CachedCubin> read_cached(const fs::path& file, const std::string& key) {
  std::ifstream in(file, std::ios::binary);
  Head head;
  if (!in.read(reinterpret_cast<char*>(&head), sizeof head)) return {};
  const std::string body{std::istreambuf_iterator<char>(in), {}};
  Head expected;
  expected.key = key.size(), expected.log = head.log, expected.image = head.image;
  expected.crc = crc_of(body);
  const std::size_t size = body.size();
  if (head != expected || head.log > size || head.image > size ||
      head.key + head.log + head.image != size || !body.starts_with(key))
    return {};
  return CachedCubin{body.substr(head.key, head.log), body.substr(head.key + head.log)};
}

void write_cached(const fs::path& file, const std::string& key, const CachedCubin& cubin) noexcept {
  try {
    static std::atomic<int> made{0};
    std::error_code failed;
    fs::create_directories(file.parent_path(), failed);
    const fs::path beside = file.string() + fmt::format(".{}.{}", getpid(), made++);
    const std::string body = key + cubin.log + cubin.image;
    Head head;
    head.key = key.size(), head.log = cubin.log.size(), head.image = cubin.image.size();
    head.crc = crc_of(body);
    std::ofstream out(beside, std::ios::binary);
    out.write(reinterpret_cast<const char*>(&head), sizeof head);
    out.write(body.data(), static_cast<std::streamsize>(body.size()));
    out.close();
    if (out) fs::rename(beside, file, failed);
    if (!out || failed) fs::remove(beside, failed);
  } catch (...) {
    // It is compiled again the next time.
  }
}

}  // namespace ganflow::cuda
