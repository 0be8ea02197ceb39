// Element e of results whose elements are found by index (ops/primitives/{gather,pool,upsample,
// reduce}.h), from dense operands: what a device computes with a thread an element. Sums are in the
// order of the operand's elements.
#pragma once

#include "engine/program/formulas/function.h"

namespace ganflow::formulas {

// (rows, n) and an index (m): row e / n of the result is row index[e / n]; NaN where there is none.
template <class T>
GANFLOW_FUNCTION T gather(long long e, const T* x, const int* index, long long n, long long rows,
                          T none) {
  const long long row = index[e / n];
  return row < 0 || row >= rows ? none : x[row * n + e % n];
}

// The adjoint: the rows i with index[i] = e / n, added up.
GANFLOW_FUNCTION inline float scatter_add(long long e, const float* x, const int* index,
                                          long long n, long long entries) {
  float sum = 0;
  for (long long i = 0; i < entries; ++i)
    if (index[i] == e / n) sum += x[i * n + e % n];
  return sum;
}

// An image tensor (N,C,H,W), or stored (N,H,W,C).
struct ImageText {
  long long c, h, w;
  bool last;
  GANFLOW_FUNCTION long long nn() const { return c * h * w; }
  GANFLOW_FUNCTION long long cc() const { return last ? 1 : h * w; }
  GANFLOW_FUNCTION long long hh() const { return last ? w * c : w; }
  GANFLOW_FUNCTION long long ww() const { return last ? c : 1; }
};
struct Pixel {
  long long n, c, h, w;
};
GANFLOW_FUNCTION inline Pixel pixel(long long e, const ImageText& x) {
  if (x.last) return {e / x.nn(), e % x.c, e / x.hh() % x.h, e / x.c % x.w};
  return {e / x.nn(), e / x.cc() % x.c, e / x.w % x.h, e % x.w};
}
GANFLOW_FUNCTION inline long long offset(const Pixel& p, const ImageText& x) {
  return p.n * x.nn() + p.c * x.cc() + p.h * x.hh() + p.w * x.ww();
}

// y: windows of size x size, `stride` apart, of the image x. The place h w + w of the largest.
GANFLOW_FUNCTION inline int pool_index(long long e, const float* x, const ImageText& from,
                                       const ImageText& y, long long size, long long stride) {
  const Pixel at = pixel(e, y);
  const float* corner = x + offset({at.n, at.c, at.h * stride, at.w * stride}, from);
  float largest = *corner;
  long long best = at.h * stride * from.w + at.w * stride;
  for (long long i = 0; i < size; ++i)
    for (long long j = 0; j < size; ++j) {
      const float here = corner[i * from.hh() + j * from.ww()];
      if (here > largest) {
        largest = here;
        best = (at.h * stride + i) * from.w + at.w * stride + j;
      }
    }
  return static_cast<int>(best);
}
GANFLOW_FUNCTION inline float pool_take(long long e, const float* x, const int* index,
                                        const ImageText& from, const ImageText& y) {
  const Pixel at = pixel(e, y);
  return x[at.n * from.nn() + at.c * from.cc() + index[e] * from.ww()];
}
GANFLOW_FUNCTION inline float pool_put(long long e, const float* y, const int* index,
                                       const ImageText& windows, const ImageText& x, long long size,
                                       long long stride) {
  const Pixel at = pixel(e, x);
  const int here = static_cast<int>(at.h * x.w + at.w);
  float sum = 0;
  for (long long p = at.h < size ? 0 : (at.h - size) / stride + 1;
       p < windows.h && p <= at.h / stride; ++p)
    for (long long q = at.w < size ? 0 : (at.w - size) / stride + 1;
         q < windows.w && q <= at.w / stride; ++q) {
      const long long k = offset({at.n, at.c, p, q}, windows);
      sum += index[k] == here ? y[k] : 0.0f;
    }
  return sum;
}

GANFLOW_FUNCTION inline float upsample(long long e, const float* x, const ImageText& from,
                                       const ImageText& y, long long factor) {
  const Pixel at = pixel(e, y);
  return x[offset({at.n, at.c, at.h / factor, at.w / factor}, from)];
}
GANFLOW_FUNCTION inline float pool_sum(long long e, const float* x, const ImageText& from,
                                       const ImageText& y, long long factor) {
  const Pixel at = pixel(e, y);
  float sum = 0;
  for (long long i = 0; i < factor; ++i)
    for (long long j = 0; j < factor; ++j)
      sum += x[offset({at.n, at.c, at.h * factor + i, at.w * factor + j}, from)];
  return sum;
}

// Element e of a tensor of `rank` axes lies at sum index * steps.
template <int rank>
GANFLOW_FUNCTION long long strided(long long e, const long long (&extents)[rank],
                                   const long long (&steps)[rank]) {
  long long at = 0;
  for (int axis = rank; axis-- > 0; e /= extents[axis]) at += e % extents[axis] * steps[axis];
  return at;
}
// The sum of `terms` elements from x[start] on, whose i-th lies at strided(i).
template <int rank>
GANFLOW_FUNCTION float strided_sum(const float* x, long long start, long long terms,
                                   const long long (&extents)[rank],
                                   const long long (&steps)[rank]) {
  float sum = 0;
  for (long long i = 0; i < terms; ++i) sum += x[start + strided(i, extents, steps)];
  return sum;
}

}  // namespace ganflow::formulas
