// Memory of the CPU's convolutions: padded images, and scratch cut into pieces.
#pragma once

#include <algorithm>
#include <cstddef>

#include "engine/tensor/memory.h"
#include "engine/tensor/shape.h"

namespace ganflow {

// Units that hold n.
inline Extent up(Extent n, Extent unit) { return (n + unit - 1) / unit; }

// An image of `channels` last with zeros (or less of it) around: rows -before .. of the image.
struct Frame {
  Extent height, width, channels;               // of the image
  Extent top, left, frame_height, frame_width;  // may be smaller than the image
  bool is_image() const {
    return top == 0 && left == 0 && frame_width == width && frame_height == height;
  }
  Extent row() const { return frame_width * channels; }
  Extent elements() const { return frame_height * row(); }

  template <class T>
  void fill(const T* image, T* to) const {
    const Extent from = std::max<Extent>(0, -left), skip = std::max<Extent>(0, left);
    const Extent columns = std::max<Extent>(0, std::min(frame_width - skip, width - from));
    for (Extent i = 0; i < frame_height; ++i, to += row()) {
      const Extent h = i - top;
      if (h < 0 || h >= height || columns == 0) {
        std::fill_n(to, row(), T(0));
        continue;
      }
      std::fill_n(to, skip * channels, T(0));
      std::copy_n(image + (h * width + from) * channels, columns * channels, to + skip * channels);
      std::fill_n(to + (skip + columns) * channels, (frame_width - skip - columns) * channels,
                  T(0));
    }
  }
};

// Scratch memory, taken piece by piece; counted first with a null base.
class Scratch {
 public:
  explicit Scratch(void* base = nullptr) : base_(static_cast<std::byte*>(base)) {}
  template <class T>
  T* take(Extent elements) {
    std::byte* taken = base_ ? base_ + used_ : nullptr;
    used_ += aligned(static_cast<std::size_t>(elements) * sizeof(T));
    return reinterpret_cast<T*>(taken);
  }
  std::size_t used() const { return used_; }

 private:
  std::byte* base_;
  std::size_t used_ = 0;
};

}  // namespace ganflow
