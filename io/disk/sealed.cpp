#include "io/disk/sealed.h"

#include <fcntl.h>
#include <fmt/ranges.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <vector>

#include "engine/error.h"
#include "io/disk/durable.h"

namespace ganflow {
namespace {

constexpr std::size_t kBlock = 512;
using Block = std::array<char, kBlock>;
constexpr std::string_view kMagic = "ganflow sealed file 1\n";

Block block_text(std::uint64_t bytes, std::uint32_t crc) {
  Block block{};
  const std::string text = fmt::format("{}bytes {}\ncrc32 {:08x}\n", kMagic, bytes, crc);
  std::memcpy(block.data(), text.data(), text.size());
  return block;
}

// CRC32 of everything after the block. Reports the system's error through errno and -1.
std::int64_t crc_after_block(int fd, std::uint64_t bytes) {
  std::vector<unsigned char> buffer(std::min<std::uint64_t>(bytes, 1 << 20));
  std::uint32_t crc = 0;
  std::uint64_t offset = kBlock;
  while (offset < bytes) {
    const ssize_t n = ::pread(fd, buffer.data(), buffer.size(), static_cast<off_t>(offset));
    if (n <= 0) return -1;
    crc = static_cast<std::uint32_t>(::crc32(crc, buffer.data(), static_cast<uInt>(n)));
    offset += static_cast<std::uint64_t>(n);
  }
  return crc;
}

std::uint64_t file_bytes(int fd) {
  struct stat status {};
  return ::fstat(fd, &status) == 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
}

void seal(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  const std::uint64_t bytes = file.valid() ? file_bytes(file.fd()) : 0;
  const std::int64_t crc = file.valid() ? crc_after_block(file.fd(), bytes) : -1;
  if (crc >= 0) {
    const Block block = block_text(bytes, static_cast<std::uint32_t>(crc));
    if (::pwrite(file.fd(), block.data(), kBlock, 0) == static_cast<ssize_t>(kBlock)) return;
  }
  throw hdf5::Failure(std::strerror(errno), errno);
}

}  // namespace

void write_sealed(const std::string& path, const std::function<void(const hdf5::File&)>& fill,
                  const std::function<void(const std::string& temporary)>& check) {
  write_durably(path, [&](const std::string& temporary) {
    hdf5::forget_failed_closes();
    hdf5::File file = hdf5::create_file(temporary, {.user_block = kBlock});
    fill(file);
    file.close();
    hdf5::check_closes();
    seal(temporary);
    if (check) check(temporary);
  });
}

void verify_seal(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (!file.valid()) throw Unreadable(path, std::strerror(errno));
  struct stat status {};
  if (::fstat(file.fd(), &status) != 0 || !S_ISREG(status.st_mode))
    throw Unreadable(path, "it is a pipe, a device or a directory");
  const std::uint64_t bytes = file_bytes(file.fd());
  Block found{};
  const ssize_t n = ::pread(file.fd(), found.data(), kBlock, 0);
  if (n < 0) throw Unreadable(path, std::strerror(errno));
  const std::string_view text(found.data(), kBlock);
  unsigned long long said = 0;
  unsigned said_crc = 0;
  if (n != static_cast<ssize_t>(kBlock) || !text.starts_with(kMagic) || found.back() != 0 ||
      std::sscanf(found.data() + kMagic.size(), "bytes %llu\ncrc32 %8x", &said, &said_crc) != 2)
    fail(Fault::input, "{} is damaged at offset 0: expected '{}', found something else in {} bytes",
         path, kMagic.substr(0, kMagic.size() - 1), bytes);
  if (said != bytes)
    fail(Fault::input, "{} is truncated or extended: expected {} bytes, found {}", path, said,
         bytes);
  const std::int64_t crc = crc_after_block(file.fd(), bytes);
  if (crc < 0) throw Unreadable(path, std::strerror(errno));
  if (said_crc != crc)
    fail(Fault::input, "{} is damaged: expected CRC32 {:08x} of bytes {} to {}, found {:08x}", path,
         said_crc, kBlock, bytes, crc);
  if (found != block_text(bytes, static_cast<std::uint32_t>(crc)))
    fail(Fault::input, "{} is damaged in its first {} bytes: expected text and zeros", path,
         kBlock);
}

void require_within(const std::string& path, const std::string& what,
                    const std::vector<hsize_t>& extents, std::size_t bytes_each) {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  const std::uint64_t bytes = error ? 0 : size;
  std::uint64_t left = bytes / bytes_each;  // elements that fit
  for (const hsize_t extent : extents) {
    if (extent > left)
      fail(Fault::input, "{}: '{}' claims {} elements of {} bytes, the file has {} bytes", path,
           what, fmt::join(extents, " x "), bytes_each, bytes);
    left /= std::max<hsize_t>(extent, 1);
  }
}

void read_sealed(const std::string& path, const std::function<void(const hdf5::File&)>& use) {
  verify_seal(path);
  read_contents(path, use);
}

void read_contents(const std::string& path, const std::function<void(const hdf5::File&)>& use) {
  try {
    use(hdf5::open_file(path));
  } catch (const hdf5::Failure& failure) {
    throw Unreadable(path, failure.what());
  }
}

}  // namespace ganflow
