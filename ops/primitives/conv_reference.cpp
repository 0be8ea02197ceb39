#include "ops/primitives/conv_reference.h"

#include <algorithm>

#include "engine/program/authoring.h"

namespace ganflow {
namespace {

template <ConvKind kKind>
struct Sums {
  template <class T>
  static void run(const KernelCall& call) {
    const ConvSizes z = conv_sizes(kKind, call.input_types, call.node->attributes);
    const bool last = z.channels_last;
    const ImageAxes at = image_axes(last);
    const Steps xs = image_steps(z.c, z.h, z.w, at), ys = image_steps(z.o, z.p, z.q, at);
    const Steps ks = image_steps(z.c, z.r, z.s, image_axes(z.kernels_last));
    const T *a = operand<T>(call, 0), *b = operand<T>(call, 1);
    T* result = ganflow::result<T>(call);
    if constexpr (kKind == ConvKind::forward) {
      for_each(z.n, z.o, z.p, z.q, [&](Extent n, Extent o, Extent p, Extent q) {
        const Extent top = p * z.stride - z.top, left = q * z.stride - z.left;
        double total = 0;
        for (Extent c = 0; c < z.c; ++c)
          for (Extent r = std::max<Extent>(0, -top); r < std::min(z.r, z.h - top); ++r)
            for (Extent s = std::max<Extent>(0, -left); s < std::min(z.s, z.w - left); ++s)
              total += product(a[xs.at(n, c, top + r, left + s)], b[ks.at(o, c, r, s)]);
        result[ys.at(n, o, p, q)] = static_cast<T>(total);
      });
    } else if constexpr (kKind == ConvKind::input) {
      for_each(z.n, z.c, z.h, z.w, [&](Extent n, Extent c, Extent h, Extent w) {
        double total = 0;
        for (Extent r = (h + z.top) % z.stride; r < z.r && r <= h + z.top; r += z.stride) {
          const Extent p = (h + z.top - r) / z.stride;
          for (Extent s = (w + z.left) % z.stride; s < z.s && s <= w + z.left; s += z.stride) {
            const Extent q = (w + z.left - s) / z.stride;
            if (p >= z.p || q >= z.q) continue;
            for (Extent o = 0; o < z.o; ++o)
              total += product(a[ys.at(n, o, p, q)], b[ks.at(o, c, r, s)]);
          }
        }
        result[xs.at(n, c, h, w)] = static_cast<T>(total);
      });
    } else {
      for_each(z.o, z.c, z.r, z.s, [&](Extent o, Extent c, Extent r, Extent s) {
        double total = 0;
        for (Extent n = 0; n < z.n; ++n)
          for (Extent p = 0; p < z.p; ++p) {
            const Extent h = p * z.stride + r - z.top;
            if (h < 0 || h >= z.h) continue;
            for (Extent q = 0; q < z.q; ++q) {
              const Extent w = q * z.stride + s - z.left;
              if (w < 0 || w >= z.w) continue;
              total += product(a[xs.at(n, c, h, w)], b[ys.at(n, o, p, q)]);
            }
          }
        result[ks.at(o, c, r, s)] = static_cast<T>(total);
      });
    }
  }

 private:
  struct Steps {
    Extent n, c, h, w;
    Extent at(Extent i, Extent j, Extent k, Extent l) const {
      return i * n + j * c + k * h + l * w;
    }
  };
  static Steps image_steps(Extent c, Extent h, Extent w, const ImageAxes& axes) {
    return axes.c == 1 ? Steps{c * h * w, h * w, w, 1} : Steps{c * h * w, 1, w * c, c};
  }
  template <class F>
  static void for_each(Extent i, Extent j, Extent k, Extent l, F f) {
    for (Extent a = 0; a < i; ++a)
      for (Extent b = 0; b < j; ++b)
        for (Extent c = 0; c < k; ++c)
          for (Extent d = 0; d < l; ++d) f(a, b, c, d);
  }
  template <class T>
  static double product(T a, T b) {
    return static_cast<double>(a) * static_cast<double>(b);
  }
};

}  // namespace

KernelPair conv_reference(ConvKind kind) {
  switch (kind) {
    case ConvKind::forward:
      return kernel_pair<Sums<ConvKind::forward>>();
    case ConvKind::input:
      return kernel_pair<Sums<ConvKind::input>>();
    case ConvKind::filter:
      return kernel_pair<Sums<ConvKind::filter>>();
  }
  return {};
}

}  // namespace ganflow
