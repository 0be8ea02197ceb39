// How a rectangle of a tape's domain lies in a tensor, and its way to and from a register.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include "engine/cpu/tape_runner.h"

namespace ganflow::cpu {

struct Rectangle {
  Extent first, end;   // outer
  Extent left, right;  // inner
  Extent rows() const { return end - first; }
  Extent columns() const { return right - left; }
  Extent elements() const { return rows() * columns(); }
};

inline Extent outer_offset(const Tape& tape, const Stream& stream, Extent row) {
  if (stream.outer.size() == 1) return row * stream.outer[0];
  Extent offset = 0;
  for (std::size_t axis = stream.outer.size(); axis-- > 0;) {
    offset += row % tape.outer[axis] * stream.outer[axis];
    row /= tape.outer[axis];
  }
  return offset;
}

// The rectangle of the stream lies in memory as in a register.
inline bool contiguous(const Stream& stream, const Rectangle& r) {
  if (r.columns() > 1 && stream.inner != 1) return false;
  return r.rows() == 1 || (stream.packed && stream.outer.back() == r.columns());
}

// f(register row, element of the stream, elements, step)
template <class F>
void for_each_row(const Tape& tape, const Stream& stream, const Rectangle& r, F f) {
  const Extent corner = stream.offset + r.left * stream.inner;
  if (contiguous(stream, r))
    return f(Extent{0}, corner + outer_offset(tape, stream, r.first), r.elements(), Extent{1});
  if (r.columns() == 1 && stream.outer.size() == 1)
    return f(Extent{0}, corner + r.first * stream.outer[0], r.rows(), stream.outer[0]);
  std::array<Extent, Shape::kMaxRank> index{};
  Extent at = corner, left = r.first;
  for (std::size_t axis = stream.outer.size(); axis-- > 0; left /= tape.outer[axis]) {
    index[axis] = left % tape.outer[axis];
    at += index[axis] * stream.outer[axis];
  }
  for (Extent row = 0; row < r.rows(); ++row) {
    f(row * r.columns(), at, r.columns(), stream.inner);
    for (std::size_t axis = stream.outer.size(); axis-- > 0;) {
      at += stream.outer[axis];
      if (++index[axis] < tape.outer[axis]) break;
      at -= index[axis] * stream.outer[axis];
      index[axis] = 0;
    }
  }
}

template <class T, class E>
void read_row(T* to, const E* from, Extent n, Extent step) {
  if (step == 0) {
    std::fill_n(to, n, static_cast<T>(*from));
  } else if (step == 1) {
    for (Extent i = 0; i < n; ++i) to[i] = static_cast<T>(from[i]);
  } else {
    for (Extent i = 0; i < n; ++i) to[i] = static_cast<T>(from[i * step]);
  }
}

template <class T, class E, class F>
void write_row(E* to, const T* from, Extent n, F convert) {
#pragma GCC ivdep
  for (Extent i = 0; i < n; ++i) to[i] = convert(from[i]);
}

// One row of the tensor is every row of the domain.
inline bool repeats(const Stream& stream) {
  return std::all_of(stream.outer.begin(), stream.outer.end(), [](Extent s) { return s == 0; });
}

// The first `row` of n elements, over and over, in copies that double.
template <class T>
void repeat_row(T* to, Extent row, Extent n) {
  for (Extent done = row; done < n; done *= 2) std::copy_n(to, std::min(done, n - done), to + done);
}

template <class T>
const T* load(const Tape& tape, const Stream& stream, std::byte* base, T* own, const Rectangle& r) {
  if (stream.type == DType::real && contiguous(stream, r))
    return reinterpret_cast<const T*>(base) + stream.offset + r.left * stream.inner +
           outer_offset(tape, stream, r.first);
  const bool once = r.rows() > 1 && repeats(stream);
  const Rectangle read = once ? Rectangle{r.first, r.first + 1, r.left, r.right} : r;
  for_each_row(tape, stream, read, [&](Extent to, Extent from, Extent n, Extent step) {
    if (stream.type == DType::real)
      read_row(own + to, reinterpret_cast<const T*>(base) + from, n, step);
    else if (stream.type == DType::mask)
      read_row(own + to, reinterpret_cast<const std::uint8_t*>(base) + from, n, step);
    else
      read_row(own + to, reinterpret_cast<const std::int32_t*>(base) + from, n, step);
  });
  if (once) repeat_row(own, r.columns(), r.elements());
  return own;
}

template <class T>
void store(const Tape& tape, const Stream& stream, std::byte* base, const T* from,
           const Rectangle& r) {
  for_each_row(tape, stream, r, [&](Extent row, Extent to, Extent n, Extent) {
    if (stream.type == DType::real) {
      T* target = reinterpret_cast<T*>(base) + to;
      if (target != from + row) std::memmove(target, from + row, n * sizeof(T));
    } else if (stream.type == DType::mask) {
      write_row(reinterpret_cast<std::uint8_t*>(base) + to, from + row, n,
                [](T v) { return static_cast<std::uint8_t>(v != 0); });
    } else {
      write_row(reinterpret_cast<std::int32_t*>(base) + to, from + row, n,
                [](T v) { return static_cast<std::int32_t>(v); });
    }
  });
}

}  // namespace ganflow::cpu
