// The bytes of a file, plain or gzip (told apart by the first two bytes, not by the name), read
// front to back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace ganflow {

class ByteSource {
 public:
  // Throws Error(usage) if the file cannot be opened.
  explicit ByteSource(const std::string& path);
  ~ByteSource();

  // Fills `out` or as much of it as there is; returns the bytes put there. Throws Error(input)
  // naming the file and the offset when gzip data are damaged or end early.
  std::size_t read(std::span<std::uint8_t> out);

  const std::string& path() const { return path_; }
  bool gzip() const;
  // How many unpacked bytes the file should hold, for that sentence.
  void expect(std::uint64_t bytes) { expected_ = bytes; }
  std::uint64_t offset() const { return offset_; }  // of the unpacked bytes
  std::uint64_t file_bytes() const;                 // on disk
  // Most bytes the file can unpack to: deflate packs at most 1032 bytes into one.
  std::uint64_t most_bytes() const;

 private:
  struct State;
  std::size_t read_some(std::span<std::uint8_t> out);

  std::string path_;
  std::unique_ptr<State> state_;
  std::uint64_t offset_ = 0, expected_ = 0;
};

// The whole file as it lies on the disk, at most `most` bytes of it; more is Error(input).
std::vector<std::uint8_t> read_whole(const std::string& path, std::uint64_t most = 1 << 28);

}  // namespace ganflow
