// Arrays as numpy.load() reads them: a ZIP archive of .npy files.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "engine/tensor/shape.h"

namespace ganflow {

struct NpzArray {
  std::string name;  // as in numpy.load(path)[name]
  std::string type;  // of an element, "<f4", "|u1", "<i8"
  Shape shape;       // in C order
  std::span<const std::byte> data;
};

// Written durably, the same bytes for the same arrays. Throws Error(output).
void write_npz(const std::string& path, const std::vector<NpzArray>& arrays);

}  // namespace ganflow
