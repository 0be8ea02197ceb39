#include "graphs/networks/inception.h"

#include <algorithm>

#include "engine/program/concat.h"
#include "engine/program/leaves.h"
#include "ops/checks.h"
#include "ops/layers/activations.h"
#include "ops/layers/batch_norm.h"
#include "ops/layers/conv.h"
#include "ops/primitives/arithmetic.h"
#include "ops/primitives/conv.h"
#include "ops/primitives/layout.h"
#include "ops/primitives/pool.h"
#include "ops/transforms/resize.h"

namespace ganflow {
namespace {

constexpr Extent kSide = 299;

// A kernel of R x S pixels; `same` keeps the size of the image at stride 1.
struct Kernel {
  Extent rows = 1, columns = 1, stride = 1;
  bool same = true;
};
constexpr Kernel k1{}, k3{3, 3}, k5{5, 5}, k13{1, 3}, k31{3, 1}, k17{1, 7}, k71{7, 1};
constexpr Kernel k3_valid{3, 3, 1, false}, k3_half{3, 3, 2, false};

struct Inception {
  Formula& f;

  // Convolution, norm, relu.
  Value conv(const std::string& name, Value x, Extent channels, const Kernel& k) const {
    const Formula::Scope scope(f, name + "/");
    const Extent in = x.shape()[1];
    const Fan fan{in * k.rows * k.columns, channels * k.rows * k.columns};
    const Value w =
        f.variable("w", {channels, in, k.rows, k.columns}, Keep::parameter, init::he().weight(fan));
    Window window{.stride = k.stride};
    if (k.same) {
      window.top = window.bottom = k.rows / 2;
      window.left = window.right = k.columns / 2;
    }
    return relu(BatchNorm{.eps = 1e-3}(f, conv2d(x, w, window)));
  }

  static Value concatenated(std::initializer_list<Value> parts) {
    return concat(std::span(parts.begin(), parts.size()), 1);
  }

  // Sum over three neighbours along an axis, zeros beyond the border.
  static Value three(Value x, int axis) {
    const Extent n = x.shape()[axis];
    x = pad(x, axis, 1, 1);
    return slice(x, axis, 0, n) + slice(x, axis, 1, n + 1) + slice(x, axis, 2, n + 2);
  }
  // Mean over the pixels of 3 x 3 that lie in the image.
  static Value mean_pool(Value x) {
    const Extent h = x.shape()[2], w = x.shape()[3];
    const Value ones = full(x.builder(), {h, w}, 1);
    return three(three(x, 2), 3) / three(three(ones, 0), 1);
  }
  // Of 3 x 3. What it is given is no less than 0, as the zeros around it.
  static Value same_max_pool(Value x) { return max_pool(pad(pad(x, 2, 1, 1), 3, 1, 1), 3, 1); }

  Value a(const std::string& b, Value x, Extent pool) const {
    Value five = conv(b + "/branch5x5_1", x, 48, k1);
    five = conv(b + "/branch5x5_2", five, 64, k5);
    Value three = conv(b + "/branch3x3dbl_1", x, 64, k1);
    three = conv(b + "/branch3x3dbl_2", three, 96, k3);
    three = conv(b + "/branch3x3dbl_3", three, 96, k3);
    return concatenated({conv(b + "/branch1x1", x, 64, k1), five, three,
                         conv(b + "/branch_pool", mean_pool(x), pool, k1)});
  }
  Value b(const std::string& b, Value x) const {
    Value three = conv(b + "/branch3x3dbl_1", x, 64, k1);
    three = conv(b + "/branch3x3dbl_2", three, 96, k3);
    three = conv(b + "/branch3x3dbl_3", three, 96, k3_half);
    return concatenated({conv(b + "/branch3x3", x, 384, k3_half), three, max_pool(x, 3, 2)});
  }
  Value c(const std::string& b, Value x, Extent n) const {
    Value seven = conv(b + "/branch7x7_1", x, n, k1);
    seven = conv(b + "/branch7x7_2", seven, n, k17);
    seven = conv(b + "/branch7x7_3", seven, 192, k71);
    Value twice = conv(b + "/branch7x7dbl_1", x, n, k1);
    twice = conv(b + "/branch7x7dbl_2", twice, n, k71);
    twice = conv(b + "/branch7x7dbl_3", twice, n, k17);
    twice = conv(b + "/branch7x7dbl_4", twice, n, k71);
    twice = conv(b + "/branch7x7dbl_5", twice, 192, k17);
    return concatenated({conv(b + "/branch1x1", x, 192, k1), seven, twice,
                         conv(b + "/branch_pool", mean_pool(x), 192, k1)});
  }
  Value d(const std::string& b, Value x) const {
    Value three = conv(b + "/branch3x3_1", x, 192, k1);
    three = conv(b + "/branch3x3_2", three, 320, k3_half);
    Value seven = conv(b + "/branch7x7x3_1", x, 192, k1);
    seven = conv(b + "/branch7x7x3_2", seven, 192, k17);
    seven = conv(b + "/branch7x7x3_3", seven, 192, k71);
    seven = conv(b + "/branch7x7x3_4", seven, 192, k3_half);
    return concatenated({three, seven, max_pool(x, 3, 2)});
  }
  Value e(const std::string& b, Value x, Value pooled) const {
    const Value three = conv(b + "/branch3x3_1", x, 384, k1);
    Value twice = conv(b + "/branch3x3dbl_1", x, 448, k1);
    twice = conv(b + "/branch3x3dbl_2", twice, 384, k3);
    return concatenated(
        {conv(b + "/branch1x1", x, 320, k1), conv(b + "/branch3x3_2a", three, 384, k13),
         conv(b + "/branch3x3_2b", three, 384, k31), conv(b + "/branch3x3dbl_3a", twice, 384, k13),
         conv(b + "/branch3x3dbl_3b", twice, 384, k31), conv(b + "/branch_pool", pooled, 192, k1)});
  }
};

Value three_channels(Value x) {
  if (x.shape()[1] == 3) return x;
  const Value three[] = {x, x, x};
  return concat(three, 1);
}

}  // namespace

Value InceptionFeatures::operator()(Formula& f, Value x) const {
  if (std::ranges::find(kInceptionDepths, depth) == kInceptionDepths.end())
    formula_error(f.builder(), fmt::format("depth is {}, it must be 64, 192, 768 or 2048", depth));
  if (x.shape().rank() != 4 || (x.shape()[1] != 1 && x.shape()[1] != 3))
    formula_error(f.builder(), fmt::format("images are (N,1,H,W) or (N,3,H,W), x has shape {}",
                                           x.shape().str()));
  const Inception net{f};
  x = Resize{kSide, kSide}(f, three_channels(x));
  x = net.conv("Conv2d_1a_3x3", x, 32, k3_half);
  x = net.conv("Conv2d_2a_3x3", x, 32, k3_valid);
  x = max_pool(net.conv("Conv2d_2b_3x3", x, 64, k3), 3, 2);
  if (depth == 64) return mean_pixels(x);
  x = net.conv("Conv2d_3b_1x1", x, 80, k1);
  x = max_pool(net.conv("Conv2d_4a_3x3", x, 192, k3_valid), 3, 2);
  if (depth == 192) return mean_pixels(x);
  x = net.a("Mixed_5b", x, 32);
  x = net.a("Mixed_5c", x, 64);
  x = net.a("Mixed_5d", x, 64);
  x = net.b("Mixed_6a", x);
  x = net.c("Mixed_6b", x, 128);
  x = net.c("Mixed_6c", x, 160);
  x = net.c("Mixed_6d", x, 160);
  x = net.c("Mixed_6e", x, 192);
  if (depth == 768) return mean_pixels(x);
  x = net.d("Mixed_7a", x);
  x = net.e("Mixed_7b", x, Inception::mean_pool(x));
  x = net.e("Mixed_7c", x, Inception::same_max_pool(x));
  return mean_pixels(x);
}

}  // namespace ganflow
