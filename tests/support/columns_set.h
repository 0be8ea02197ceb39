// Labelled images that a small classifier learns in seconds, in MNIST's files.
#pragma once

#include <cstdint>
#include <string>

#include "support/image_files.h"
#include "support/run_example.h"

namespace ganflow::test {

// Labels 0 .. 9 in turn; an image of label c has two bright columns from 2 c + 4 on, and noise.
class ColumnsSet {
 public:
  explicit ColumnsSet(std::uint32_t train = 200, std::uint32_t test = 70) {
    write("train", train, 1);
    write("t10k", test, 2);
  }
  std::string data() const { return "mnist:" + dir_.path(); }
  std::string path() const { return dir_.path(); }

 private:
  void write(const std::string& part, std::uint32_t n, std::uint32_t seed) const {
    std::vector<char> images = idx_bytes(0x803, {n, 28, 28}, 0), labels = idx_bytes(0x801, {n}, 0);
    for (std::uint32_t i = 0; i < n; ++i) {
      labels.push_back(static_cast<char>(i % 10));
      for (std::uint32_t p = 0; p < 784; ++p) {
        seed = seed * 1664525 + 1013904223;
        const std::uint32_t noise = seed >> 26;
        const bool bright = p % 28 / 2 == i % 10 + 2;
        images.push_back(static_cast<char>(bright ? 190 + noise : noise));
      }
    }
    write_bytes(dir_ / (part + "-images-idx3-ubyte"), images);
    write_bytes(dir_ / (part + "-labels-idx1-ubyte"), labels);
  }
  TemporaryDirectory dir_;
};

}  // namespace ganflow::test
