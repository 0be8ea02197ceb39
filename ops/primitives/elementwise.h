// What elementwise primitives have in common: the shape rule, the row signature, the formula.
#pragma once

#include "engine/program/authoring.h"

namespace ganflow {

// F: a scalar formula as engine/program/formulas/function.h describes it, in the header `header`
// (as one includes it; empty: for this device only). Real operands of equal shapes give a result of
// that shape and of type `kResult`.
template <class F, DType kResult = DType::real>
class Elementwise : public Primitive {
  static_assert(F::kOperands >= 1 && F::kOperands <= 32, "operands are bits of Traits");

 public:
  explicit Elementwise(std::string_view name, std::string_view header = {},
                       bool commutative = false, bool multilinear = false)
      : name_(name), header_(header), commutative_(commutative), multilinear_(multilinear) {}
  std::string_view name() const override { return name_; }
  TensorType type(Types in, const Attributes&) const override {
    require_inputs(name_, in, F::kOperands);
    require_equal_shapes(name_, in);
    for (int i = 0; i < F::kOperands; ++i) require_dtype(name_, in, i, DType::real);
    return {in[0].shape, kResult};
  }
  Traits traits(Types, const Attributes&) const override {
    return {.role = Role::elementwise,
            .commutative = commutative_,
            .multilinear = multilinear_,
            .row_operands = first_operands(F::kOperands)};
  }
  std::optional<ScalarFormula> formula() const override { return scalar_formula<F>(header_); }

 private:
  std::string_view name_, header_;
  bool commutative_, multilinear_;
};

}  // namespace ganflow
