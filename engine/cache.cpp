#include "engine/cache.h"

#include <fmt/format.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <fstream>
#include <vector>

namespace ganflow {
namespace {

namespace fs = std::filesystem;

// A file is this head, then key and value.
struct Head {
  char magic[8] = {'g', 'a', 'n', 'k', 'e', 'p', 't', '1'};
  std::uint64_t key = 0, value = 0;  // bytes
  std::uint64_t crc = 0;             // of what follows the head
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

// The last change of a file is its last use. Other processes may remove files meanwhile.
void keep_most(const fs::path& folder, std::uintmax_t most) {
  struct Kept {
    fs::file_time_type used;
    std::uintmax_t bytes;
    fs::path file;
  };
  std::vector<Kept> all;
  std::uintmax_t bytes = 0;
  std::error_code gone;
  for (const auto& entry : fs::directory_iterator(folder, gone)) {
    const Kept one{entry.last_write_time(gone), entry.file_size(gone), entry.path()};
    if (gone || !entry.is_regular_file(gone)) continue;
    bytes += one.bytes;
    all.push_back(one);
  }
  std::ranges::sort(all, {}, &Kept::used);
  for (auto oldest = all.begin(); bytes > most && oldest != all.end(); ++oldest) {
    fs::remove(oldest->file, gone);
    bytes -= oldest->bytes;
  }
}

}  // namespace

fs::path cache_folder() {
  if (const char* cache = std::getenv("XDG_CACHE_HOME"); cache && *cache)
    return fs::path(cache) / "ganflow";
  if (const char* home = std::getenv("HOME"); home && *home)
    return fs::path(home) / ".cache" / "ganflow";
  return {};
}

fs::path cache_file(const fs::path& folder, const std::string& key, const std::string& kind) {
  return folder / fmt::format("{:016x}.{}", hash_of(key), kind);
}

std::optional<std::string> read_cached(const fs::path& file, const std::string& key) {
  std::ifstream in(file, std::ios::binary | std::ios::ate);
  const std::streamoff bytes = in.tellg();
  Head head;
  if (bytes < std::streamoff{sizeof head}) return {};
  std::string body(static_cast<std::size_t>(bytes) - sizeof head, '\0');
  in.seekg(0);
  in.read(reinterpret_cast<char*>(&head), sizeof head);
  if (!in.read(body.data(), static_cast<std::streamsize>(body.size()))) return {};
  Head expected;
  expected.key = key.size(), expected.value = head.value;
  expected.crc = crc_of(body);
  const std::size_t size = body.size();
  if (head != expected || head.value > size || head.key + head.value != size ||
      !body.starts_with(key))
    return {};
  std::error_code ignored;  // read-only folders serve as well
  fs::last_write_time(file, fs::file_time_type::clock::now(), ignored);
  return body.substr(key.size());
}

void write_cached(const fs::path& file, const std::string& key, const std::string& value,
                  std::uintmax_t most) noexcept {
  try {
    static std::atomic<int> made{0};
    std::error_code failed;
    fs::create_directories(file.parent_path(), failed);
    const fs::path beside = file.string() + fmt::format(".{}.{}", getpid(), made++);
    const std::string body = key + value;
    Head head;
    head.key = key.size(), head.value = value.size();
    head.crc = crc_of(body);
    std::ofstream out(beside, std::ios::binary);
    out.write(reinterpret_cast<const char*>(&head), sizeof head);
    out.write(body.data(), static_cast<std::streamsize>(body.size()));
    out.close();
    if (out) fs::rename(beside, file, failed);
    if (!out || failed) fs::remove(beside, failed);
    keep_most(file.parent_path(), most);
  } catch (...) {
    // It is made again the next time.
  }
}

}  // namespace ganflow
