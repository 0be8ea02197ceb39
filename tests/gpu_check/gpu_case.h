// What a GPU is checked with, as plain data in a file: a program's text, its launches over one
// block of memory, and what each of them leaves there when the text runs on the host. The program
// that reads it needs a driver and NVRTC, and nothing of ganflow but engine/cuda/driver.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace ganflow::test {

// Bytes of the block from `begin` on.
struct Bytes {
  std::uint64_t begin = 0;
  std::vector<std::byte> bytes;
};

// What a launch leaves there.
struct Leaf {
  std::uint64_t begin = 0, size = 0;
  std::uint32_t crc = 0;
  std::vector<std::byte> bytes;  // of those whose bits may be others; else none
};

struct CaseLaunch {
  std::string kernel;            // empty: a library's, which is not run
  std::uint8_t approximate = 0;  // 1: it calls what no standard rounds (sine, cosine, double log)
  std::uint32_t grid = 0, threads = 0;
  std::vector<std::uint64_t> pointers;  // where in the block its tensors lie
  std::vector<std::uint64_t> after;     // launches it waits for
  std::vector<Leaf> leaves;             // every region it writes
};

struct GpuCase {
  std::string name;
  std::string text;
  std::vector<std::string> kernels;
  std::uint64_t block_bytes = 0;
  std::vector<Bytes> given;  // what lies in the block at first; the rest is NaN
  std::vector<CaseLaunch> launches;
  std::uint32_t left = 0;  // CRC of the block behind the last launch
  double off_float64 = 0;  // of what is left, from the interpreter: largest error of a tensor, by
                           // its largest value

  // The block as it is at first, every byte.
  std::vector<std::byte> block() const;
  // Whether every launch has a kernel: it can run as a whole.
  bool whole() const;
};

std::uint32_t crc_of(std::span<const std::byte> bytes);

void write_cases(const std::filesystem::path& file, const std::vector<GpuCase>& cases);
// Throws std::runtime_error: no such file, another format, cut short.
std::vector<GpuCase> read_cases(const std::filesystem::path& file);

}  // namespace ganflow::test
