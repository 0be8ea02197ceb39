// What the CPU has for the primitives: vectorised loops of the elementwise ones, tiled products.
#include "engine/cpu/table.h"

#include "engine/cpu/loops.h"
#include "ops/primitives/arithmetic.h"
#include "ops/primitives/compare.h"
#include "ops/primitives/conv.h"
#include "ops/primitives/conv_sizes.h"
#include "ops/primitives/cpu/conv.h"
#include "ops/primitives/cpu/matmul.h"
#include "ops/primitives/formulas/arithmetic.h"
#include "ops/primitives/formulas/compare.h"
#include "ops/primitives/formulas/math.h"
#include "ops/primitives/math.h"
#include "ops/primitives/matmul.h"

namespace ganflow::cpu {
namespace {

using Product = std::unique_ptr<const TiledProduct>;

Product make_matmul(Types in, const Attributes& a, Precision precision) {
  const bool ta = a.ints[0], tb = a.ints[1];
  const Shape &left = in[0].shape, &right = in[1].shape;
  return tiled_matmul({left[ta ? 1 : 0], right[tb ? 0 : 1], left[ta ? 0 : 1], ta, tb}, precision);
}

template <ConvKind kKind>
Product make_conv(Types in, const Attributes& a, Precision precision) {
  return tiled_conv(kKind, conv_sizes(kKind, in, a), precision);
}
bool channels_last(Types, const Attributes& a) { return a.ints[7] == kImagesLast; }

}  // namespace

TableOfKernels operator_kernels() {
  const auto loop = []<class F>(F) {
    return PrimitiveKernels{.loop = formula_loop<F>(), .recorded = recorded<F>()};
  };
  const auto library = []<class F>(F) { return PrimitiveKernels{.loop = formula_loop<F>()}; };
  const auto conv = [](auto* make) {
    return PrimitiveKernels{.product = make, .takes = &channels_last};
  };
  using namespace formulas;
  return {{&sub_primitive(), loop(Sub{})},
          {&mul_primitive(), loop(Mul{})},
          {&div_primitive(), loop(Div{})},
          {&max_primitive(), loop(Max{})},
          {&greater_primitive(), loop(Greater{})},
          {&greater_equal_primitive(), loop(GreaterEqual{})},
          {&equal_primitive(), loop(Equal{})},
          {&select_primitive(), loop(Select{})},
          {&exp_primitive(), loop(Exp{})},
          {&log_primitive(), loop(Log{})},
          {&sqrt_primitive(), loop(Sqrt{})},
          {&recip_primitive(), loop(Recip{})},
          {&tanh_primitive(), loop(Tanh{})},
          {&sigmoid_primitive(), loop(Sigmoid{})},
          {&softplus_primitive(), loop(Softplus{})},
          {&abs_primitive(), loop(Abs{})},
          {&sign_primitive(), loop(Sign{})},
          {&floor_primitive(), loop(Floor{})},
          {&sin_primitive(), library(Sin{})},
          {&cos_primitive(), library(Cos{})},
          {&matmul_primitive(), {.product = &make_matmul}},
          {&conv2d_primitive(), conv(&make_conv<ConvKind::forward>)},
          {&conv2d_input_primitive(), conv(&make_conv<ConvKind::input>)},
          {&conv2d_filter_primitive(), conv(&make_conv<ConvKind::filter>)}};
}

}  // namespace ganflow::cpu
