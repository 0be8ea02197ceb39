// What elementwise primitives have in common: the shape rule, the row signature, the tile loop.
#pragma once

#include "engine/program/authoring.h"

namespace ganflow {

// F: struct with kOperands and `template <class T> static T f(const T* x, const Attributes&)`.
// Real operands of equal shapes give a result of that shape and of type `kResult`.
template <class F, DType kResult = DType::real>
class Elementwise : public Primitive {
 public:
  Elementwise(std::string_view name, bool commutative = false, bool multilinear = false)
      : name_(name), commutative_(commutative), multilinear_(multilinear) {}
  std::string_view name() const override { return name_; }
  TensorType type(std::span<const TensorType> in, const Attributes&) const override {
    require_inputs(name_, in, F::kOperands);
    require_equal_shapes(name_, in);
    for (int i = 0; i < F::kOperands; ++i) require_dtype(name_, in, i, DType::real);
    return {in[0].shape, kResult};
  }
  Traits traits(std::span<const TensorType>, const Attributes&) const override {
    return {.role = Role::elementwise,
            .commutative = commutative_,
            .multilinear = multilinear_,
            .row_operands = (1u << F::kOperands) - 1};
  }
  TileLoop tile() const override { return tile_loop<F>(); }

 private:
  std::string_view name_;
  bool commutative_, multilinear_;
};

}  // namespace ganflow
