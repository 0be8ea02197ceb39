// A primitive: one tensor operation, closed under differentiation. It states its output shape, its
// derivative in terms of primitives, its local simplifications, how its rows relate to its
// operands' rows, and its reference kernel. The passes of the engine see these answers, never
// names; what a device has for it stands in that device's table.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/tensor/dtype.h"
#include "engine/tensor/shape.h"

namespace ganflow {

using ValueId = std::uint32_t;  // index into Program::nodes; inputs have smaller ids
class Builder;
class Value;
class NodeRef;
struct Node;

// Constants of a node, known when the program is built. Compared and hashed bytewise.
struct Attributes {
  std::array<std::int64_t, 8> ints{};
  std::array<double, 2> reals{};
  bool operator==(const Attributes&) const = default;
};

// What a node looks like from outside: its type is what flows along an edge.
struct TensorType {
  Shape shape;
  DType dtype = DType::real;
  bool operator==(const TensorType&) const = default;
};
using Types = std::span<const TensorType>;  // of a node's operands, in order

enum class Role : std::uint8_t {
  leaf,         // no operands: input, variable, full, random
  elementwise,  // all operands and the result have one shape
  view,         // the elements of the operand in the same order or a sub-range: reshape, row slice
  move,         // elements placed elsewhere: permute, inner slice, pad, concat, broadcast
  reduction,    // sum over axes
  product,      // matmul, convolutions: one call of a tuned kernel
  indexed,      // gather, scatter, pooling indices
};

// Sets of operands, bit i for operand i; those from the 33rd on are in none.
using Operands = std::uint32_t;
constexpr Operands first_operands(std::size_t n) { return n < 32 ? (Operands{1} << n) - 1 : ~0u; }
constexpr bool has_operand(Operands set, std::size_t i) { return i < 32 && (set >> i & 1); }

struct Traits {
  Role role = Role::elementwise;
  bool commutative = false;
  bool multilinear = false;  // linear in each real operand, the others being factors: own jvp
  // Bit i: output row r depends on operand i only through its row r, and the operand has as many
  // rows as the output. 0: the operation couples rows (or has no rows), stacking stops here.
  Operands row_operands = 0;
  // Bit i: operand i is contracted along its axis 0 and the result is the sum of the contributions
  // of the rows (A^T B, conv_dw, sum over axis 0): equal operations add up by stacking operands.
  Operands depth_operands = 0;
  // All rows of the result are equal (full, broadcast along a new axis 0): with_rows() gives any
  // number of them.
  bool equal_rows = false;
  // The result is the sum of weights[i] * operand i, all of one shape; all 0: not of that kind.
  std::array<double, 2> weights{};
  // Reductions that add up the elements along whole axes: the axes, as bits.
  std::uint32_t summed_axes = 0;
  // The result is drawn at the step of a clock: draw_time() of the attributes says which.
  bool draws = false;
};

// Where the channels of an image lie: (N,C,H,W) as formulas say it, or (N,H,W,C).
enum class ImageOrder : std::uint8_t { channels_first, channels_last };

// How the elements of a value are found in a stored tensor: element (i0, i1, ...) of the value is
// element offset + i0 steps[0] + i1 steps[1] + ... of the tensor. A step of 0 repeats.
struct Reading {
  Extent offset = 0;
  std::array<Extent, Shape::kMaxRank> steps{};
  bool operator==(const Reading&) const = default;
};

// A loop of an elementwise primitive: y[j] = f(x[0][j], x[1][j], ...), j < n. Masks are 0 or 1 of
// the element type in it. y may be any of the x.
struct ElementwiseLoop {
  void (*f32)(float* y, const float* const* x, const Attributes& a, std::size_t n) = nullptr;
  void (*f64)(double* y, const double* const* x, const Attributes& a, std::size_t n) = nullptr;
};

// What an elementwise primitive computes, number by number: the text that devices compile, and the
// plain loop over it, kept for ever as the oracle.
struct ScalarFormula {
  std::string_view name;    // of the struct, seen from namespace ganflow: "formulas::Tanh"
  std::string_view header;  // where it stands, as one includes it; empty: it has no text to share
  int operands = 0;
  ElementwiseLoop loop;
};

// Random numbers are a function of (seed, stream, step, element).
struct DrawClock {
  std::uint64_t seed = 0;  // of the replica
  std::uint64_t step = 0;  // of the phase
};

// When a node draws: `offset` steps behind a clock of the program.
struct DrawTime {
  std::uint32_t clock = 0;
  std::uint32_t offset = 0;
  bool operator==(const DrawTime&) const = default;
};
// In the attributes of what draws: reals[0] = clock, reals[1] = offset, both exact.
constexpr DrawTime draw_time(const Attributes& a) {
  return {static_cast<std::uint32_t>(a.reals[0]), static_cast<std::uint32_t>(a.reals[1])};
}
constexpr void set_draw_time(Attributes& a, const DrawTime& time) {
  a.reals = {static_cast<double>(time.clock), static_cast<double>(time.offset)};
}

// Operands of a kernel that runs one primitive by itself. Pointers are dense row-major tensors.
struct KernelCall {
  const Node* node = nullptr;
  Types input_types;
  const void* const* inputs = nullptr;
  void* output = nullptr;
  const DrawClock* clocks = nullptr;  // of the program, by DrawTime::clock
};
using Kernel = void (*)(const KernelCall&);
struct KernelPair {
  Kernel f32 = nullptr;
  Kernel f64 = nullptr;
};

class Primitive {
 public:
  virtual ~Primitive() = default;
  virtual std::string_view name() const = 0;

  // The type of the result. Throws Error(usage) naming the rule and both shapes.
  virtual TensorType type(Types inputs, const Attributes& a) const = 0;

  virtual Traits traits(Types inputs, const Attributes& a) const = 0;

  // Contribution of the result's cotangent to operand `input`; an absent Value means the operation
  // is not differentiable in that operand. Written in primitives, through `node`'s own Values.
  virtual Value vjp(const NodeRef& node, int input, Value cotangent) const;

  // Forward-mode twin. The default serves elementwise primitives (a diagonal map is its own
  // transpose: vjp) and linear ones (the same operation on the tangent, other operands kept).
  virtual Value jvp(const NodeRef& node, int input, Value tangent) const;

  // A simpler equal value if there is one. Called by a simplifying Builder before a node is made;
  // may build nodes. Rules are local and terminate (rewrites.md in this folder lists them).
  virtual std::optional<ValueId> simplify(Builder& builder, std::span<const ValueId> inputs,
                                          const Attributes& a) const;

  // A simpler value of `user` applied to `inputs`, where inputs[at] is a result of this primitive:
  // rules about an operation that another file owns (affine of a select, add of two products).
  // Asked after user.simplify() and under the same promises.
  virtual std::optional<ValueId> simplify_user(Builder& builder, const Primitive& user,
                                               std::span<const ValueId> inputs, const Attributes& a,
                                               int at) const;

  // The same operation on `rows` rows: attributes that hold a row count are rewritten. Only called
  // where traits().row_operands != 0 or traits().equal_rows.
  virtual Attributes with_rows(const Attributes& a, Extent rows) const;

  // The same value without a product, where one extent is so small that a product kernel would do
  // worse than elementwise operations and sums. Asked after stacking: before it, rank-one products
  // of constants would hide which blocks belong together.
  virtual std::optional<ValueId> thin(Builder& builder, std::span<const ValueId> inputs,
                                      const Attributes& a) const;
  // The same value with operands and result in the order of elements that the device's kernel works
  // on, permuted to it and back. Asked last: rules carry the permutations until they meet and
  // vanish.
  virtual std::optional<ValueId> arranged(Builder& builder, std::span<const ValueId> inputs,
                                          const Attributes& a, ImageOrder order) const;
  // Views and moves whose result is a reading of what the operand `x` is a reading of: a kernel
  // applies it while loading and nothing is moved. Absent: the result has to be written.
  virtual std::optional<Reading> reading(const Reading& x, Types inputs, const Attributes& a) const;

  virtual std::optional<ScalarFormula> formula() const;  // elementwise primitives
  virtual KernelPair reference() const { return {}; }    // plain loops, kept for ever: the oracle
  // Multiplications of a product, each with its addition: what listings count.
  virtual double multiply_adds(Types inputs, const Attributes& a) const;
};

}  // namespace ganflow
