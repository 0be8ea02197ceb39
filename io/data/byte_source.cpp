#include "io/data/byte_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "engine/error.h"
#include "io/disk/durable.h"

namespace ganflow {

struct ByteSource::State {
  Descriptor file;
  std::uint64_t bytes = 0;
  bool gzip = false;
  bool inside = false;  // a gzip member that has not ended
  z_stream stream{};
  std::array<std::uint8_t, 1 << 16> packed;
  std::uint64_t consumed = 0;  // packed bytes taken from the file

  // Makes packed bytes available; false at the end of the file.
  bool refill(const std::string& path) {
    if (stream.avail_in) return true;
    const ssize_t n = ::read(file.fd(), packed.data(), packed.size());
    if (n < 0) fail(Fault::input, "{} cannot be read: {}", path, std::strerror(errno));
    consumed += static_cast<std::uint64_t>(n);
    stream.next_in = packed.data();
    stream.avail_in = static_cast<uInt>(n);
    return n > 0;
  }
};

ByteSource::ByteSource(const std::string& path) : path_(path), state_(std::make_unique<State>()) {
  State& s = *state_;
  s.file = Descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status {};
  if (!s.file.valid() || ::fstat(s.file.fd(), &status) != 0)
    fail(Fault::usage, "{} cannot be opened: {}", path, std::strerror(errno));
  if (!S_ISREG(status.st_mode)) fail(Fault::usage, "{} is not a file", path);
  s.bytes = static_cast<std::uint64_t>(status.st_size);
  std::uint8_t magic[2] = {};
  s.gzip = ::pread(s.file.fd(), magic, 2, 0) == 2 && magic[0] == 0x1f && magic[1] == 0x8b;
  if (s.gzip && ::inflateInit2(&s.stream, 15 + 16) != Z_OK)
    fail(Fault::input, "{} cannot be unpacked: zlib does not start", path);
  s.inside = s.gzip;
}

ByteSource::~ByteSource() {
  if (state_->gzip) ::inflateEnd(&state_->stream);
}

bool ByteSource::gzip() const { return state_->gzip; }
std::uint64_t ByteSource::file_bytes() const { return state_->bytes; }
std::uint64_t ByteSource::most_bytes() const {
  return state_->gzip ? 1032 * state_->bytes : state_->bytes;
}

std::size_t ByteSource::read(std::span<std::uint8_t> out) {
  std::size_t done = 0;
  while (done < out.size()) {
    const std::size_t n = read_some(out.subspan(done));
    if (n == 0) break;
    done += n;
  }
  return done;
}

std::size_t ByteSource::read_some(std::span<std::uint8_t> out) {
  State& s = *state_;
  if (!s.gzip) {
    const ssize_t n = ::read(s.file.fd(), out.data(), out.size());
    if (n < 0) fail(Fault::input, "{} cannot be read: {}", path_, std::strerror(errno));
    offset_ += static_cast<std::uint64_t>(n);
    return static_cast<std::size_t>(n);
  }
  const std::size_t wanted = std::min<std::size_t>(out.size(), 1u << 30);
  s.stream.next_out = out.data();
  s.stream.avail_out = static_cast<uInt>(wanted);
  while (s.stream.avail_out == wanted) {
    if (!s.refill(path_)) {
      if (s.inside)
        fail(Fault::input,
             "{} is truncated: its gzip data end at byte {} of the file, after {}{} unpacked bytes",
             path_, s.bytes, offset_, expected_ ? fmt::format(" of {}", expected_) : "");
      return 0;
    }
    if (!s.inside) {  // another gzip member may follow the first
      ::inflateReset(&s.stream);
      s.inside = true;
    }
    const int result = ::inflate(&s.stream, Z_NO_FLUSH);
    if (result == Z_STREAM_END) {
      s.inside = false;
    } else if (result != Z_OK) {
      fail(Fault::input, "{} is damaged: its gzip data are wrong before byte {} of the file ({})",
           path_, s.consumed - s.stream.avail_in,
           s.stream.msg ? s.stream.msg : "unexpected gzip data");
    }
  }
  const std::size_t n = wanted - s.stream.avail_out;
  offset_ += n;
  return n;
}

std::vector<std::uint8_t> read_whole(const std::string& path, std::uint64_t most) {
  ByteSource source(path);
  if (source.file_bytes() > most)
    fail(Fault::input, "{} has {} bytes: at most {} are read of such a file", path,
         source.file_bytes(), most);
  std::vector<std::uint8_t> bytes(source.file_bytes());
  bytes.resize(source.read(bytes));
  return bytes;
}

}  // namespace ganflow
