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

void write_jpeg(const std::string& path, const Pixels& pixels);

}  // namespace ganflow::test
