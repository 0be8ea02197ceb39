// Image files made by the tests themselves.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "io/images/picture.h"

namespace ganflow::test {

std::vector<char> gzip(const std::vector<char>& bytes, int level = 9);

// Bytes of an IDX file: magic, big-endian extents, then elements 0, 1, 2, ... modulo 256.
std::vector<char> idx_bytes(std::uint32_t magic, std::vector<std::uint32_t> extents,
                            std::size_t elements);

// Records of a CIFAR-10 batch: record i has label i % 10, and every byte of its planes is that
// label times 20 plus the plane's number.
std::vector<char> cifar_records(int records);

// A folder that holds "cifar-10" with one whole batch of these, made once a process.
const std::string& cifar_root();
// The same as --data names it.
std::string cifar_data();

// height x width pixels whose value at (y, x, c) is level + c.
Pixels flat_picture(Extent height, Extent width, Extent channels, int level);

struct JpegKind {
  int across = 1, down = 1;  // samples of the first component for one of the others
  bool adobe = false;        // marked as Adobe's, whose CMYK is inverted
  std::string exif = {};     // an APP1 segment
};
// Quality 100; 4 channels are CMYK.
void write_jpeg(const std::string& path, const Pixels& pixels, const JpegKind& kind = {});

// An Exif block, with heading, that holds nothing but the orientation, 1 to 8.
std::string exif_block(int orientation);

}  // namespace ganflow::test
