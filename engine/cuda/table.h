// What CUDA has for each primitive beside its formula: elementwise ones need no entry, their text
// is that of the formula. A primitive without text is refused by name when a program is lowered.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>

#include "engine/cuda/convolution.h"
#include "engine/program/primitive.h"
#include "engine/program/program.h"
#include "engine/program/value.h"

namespace ganflow::cuda {

// op(a) op(b): (m, k) (k, n); ta, tb: the operand is stored transposed.
struct ProductSizes {
  Extent m = 0, n = 0, k = 0;
  bool ta = false, tb = false;
};

// The kernel of one primitive, element by element of its result: `value` is an expression of type
// float over e (the element), in0, in1, ... (pointers to the dense operands) and, where the
// primitive draws, clocks (those of the program).
struct ElementText {
  std::string header;  // that the expression needs
  std::string value;
};

struct PrimitiveText {
  ProductSizes (*product)(std::span<const TensorType> inputs, const Attributes& a) = nullptr;
  // A product that a library computes.
  Convolution (*convolution)(std::span<const TensorType> inputs, const Attributes& a) = nullptr;
  ElementText (*element)(const Node& node, std::span<const TensorType> inputs) = nullptr;
  // The same value from an operation on elements in the order that the GPU's kernel works on;
  // absent: as it is.
  std::optional<ValueId> (*arranged)(Builder& builder, const Primitive& primitive,
                                     std::span<const ValueId> inputs,
                                     const Attributes& a) = nullptr;
};

// For programs that are lowered from now on; a later call replaces an earlier one. `primitive`
// lives as long as the process. May be called from any thread.
void register_text(const Primitive& primitive, const PrimitiveText& text);

// What is registered for a primitive; empty if nothing is.
PrimitiveText text_of(const Primitive& primitive);

using TableOfTexts = std::unordered_map<const Primitive*, PrimitiveText>;

// What the primitives of operators have, defined beside them, in ops/primitives/cuda/table.cpp.
TableOfTexts operator_texts();

// There, too: axis i of the result is axis axes[i] of x.
Value permuted(Value x, std::span<const int> axes);

}  // namespace ganflow::cuda
