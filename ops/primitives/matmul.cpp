#include "ops/primitives/matmul.h"

#include "engine/error.h"
#include "engine/program/authoring.h"
#include "engine/program/concat.h"
#include "engine/program/leaves.h"
#include "ops/primitives/arithmetic.h"
#include "ops/primitives/bilinear.h"
#include "ops/primitives/layout.h"
#include "ops/primitives/reduce.h"

namespace ganflow {
namespace {

struct Matmul : Primitive {
  std::string_view name() const override { return "matmul"; }
  TensorType type(Types in, const Attributes& a) const override {
    require_inputs(name(), in, 2);
    for (int i = 0; i < 2; ++i) {
      require_dtype(name(), in, i, DType::real);
      if (in[i].shape.rank() != 2)
        shape_error(name(), fmt::format("operand {} must be a matrix", i), in);
    }
    const bool ta = a.ints[0], tb = a.ints[1];
    const Extent k = in[0].shape[ta ? 0 : 1], other = in[1].shape[tb ? 1 : 0];
    if (k != other)
      shape_error(name(),
                  fmt::format("{} {} of A meet {} {} of B", k, ta ? "rows" : "columns", other,
                              tb ? "columns" : "rows"),
                  in);
    return {{in[0].shape[ta ? 1 : 0], in[1].shape[tb ? 0 : 1]}};
  }
  Traits traits(Types, const Attributes& a) const override {
    const bool ta = a.ints[0], tb = a.ints[1];
    return {.role = Role::product,
            .multilinear = true,
            .row_operands = ta ? 0u : 1u,
            .depth_operands = ta && !tb ? 3u : 0u};
  }
  double multiply_adds(Types in, const Attributes& a) const override {
    const Extent n = in[1].shape[a.ints[1] ? 0 : 1];
    return static_cast<double>(in[0].shape.elements()) * static_cast<double>(n);
  }
  Value vjp(const NodeRef& node, int input, Value c) const override {
    const bool ta = node.attributes().ints[0], tb = node.attributes().ints[1];
    if (input == 0) {
      const Value b = node.input(1);
      return ta ? matmul(b, c, tb, true) : matmul(c, b, false, !tb);
    }
    const Value a = node.input(0);
    return tb ? matmul(c, a, true, ta) : matmul(a, c, !ta, false);
  }
  std::optional<ValueId> simplify(Builder& builder, std::span<const ValueId> in,
                                  const Attributes& a) const override {
    const bool ta = a.ints[0], tb = a.ints[1];
    const Value x(builder, in[0]), y(builder, in[1]);
    if (constant_of(builder, in[0]) == 0.0 || constant_of(builder, in[1]) == 0.0)
      return full(builder, {x.shape()[ta ? 1 : 0], y.shape()[tb ? 0 : 1]}, 0).id();
    const Node p = x.node(), q = y.node();
    if (p.primitive == &permute_primitive() && p.attributes.ints[0] == 1)
      return matmul(Value(builder, p.inputs[0]), y, !ta, tb).id();
    if (q.primitive == &permute_primitive() && q.attributes.ints[0] == 1)
      return matmul(x, Value(builder, q.inputs[0]), ta, !tb).id();
    if (p.primitive == &broadcast_primitive() && p.attributes.ints[0] == (ta ? 2 : 1)) {
      // Equal rows in, equal rows out: one of them is enough.
      const Value row(builder, p.inputs[0]);
      const Value one = matmul(reshape(row, {1, row.rows()}), y, false, tb);
      return broadcast(reshape(one, {one.shape()[1]}), {0}, {x.shape()[ta ? 1 : 0]}).id();
    }
    return std::nullopt;
  }
  std::optional<ValueId> simplify_user(Builder& builder, const Primitive& user,
                                       std::span<const ValueId> in, const Attributes&,
                                       int) const override {
    return sum_of_bilinear(builder, *this, user, in);
  }
  std::optional<ValueId> thin(Builder& builder, std::span<const ValueId> in,
                              const Attributes& a) const override {
    const bool ta = a.ints[0], tb = a.ints[1];
    const Value x(builder, in[0]), y(builder, in[1]);
    const Extent m = x.shape()[ta ? 1 : 0], k = x.shape()[ta ? 0 : 1], n = y.shape()[tb ? 0 : 1];
    // Column i of A or row i of B: a vector along the axis that is not contracted.
    const auto vector = [](Value v, int contracted, Extent i) {
      return reshape(slice(v, contracted, i, i + 1), {v.shape()[1 - contracted]});
    };
    if (k <= 2) {  // a sum of k outer products
      Value sum;
      for (Extent i = 0; i < k; ++i) {
        const Value row = broadcast(vector(y, tb ? 1 : 0, i), {0}, {m});
        const Value term = broadcast_rows(vector(x, ta ? 0 : 1, i), row) * row;
        sum = sum ? sum + term : term;
      }
      return sum ? std::optional(sum.id()) : std::nullopt;
    }
    // A matrix and a vector: the matrix is read once, in its order; images that were flattened are
    // read as images.
    const auto weighted = [&](Value matrix, Value vector, int contracted) {
      const Node& node = matrix.node();
      if (node.primitive == &reshape_primitive())
        if (const Value base(builder, node.inputs[0]);
            base.shape().rank() > 2 && base.rows() == matrix.rows())
          matrix = base;
      if (contracted == 0)
        return reshape(sum(matrix * broadcast_rows(vector, matrix), {0}), {m, n}).id();
      const Shape row(std::span(matrix.shape()).subspan(1));
      return reshape(row_sums(matrix * broadcast_to(reshape(vector, row), matrix.shape())), {m, n})
          .id();
    };
    if (n == 1) return weighted(x, reshape(y, {k}), ta ? 0 : 1);
    if (m == 1) return weighted(y, reshape(x, {k}), tb ? 1 : 0);
    return std::nullopt;
  }
  struct Kernel {
    // Accumulated in double whatever T: the oracle's error is that of one rounding.
    template <class T>
    static void run(const KernelCall& call) {
      const bool ta = call.node->attributes.ints[0], tb = call.node->attributes.ints[1];
      const Shape &sa = call.input_types[0].shape, &sb = call.input_types[1].shape;
      const Extent m = call.node->shape()[0], n = call.node->shape()[1], k = sa[ta ? 0 : 1];
      const Extent a_row = ta ? 1 : sa[1], a_column = ta ? sa[1] : 1;
      const Extent b_row = tb ? 1 : sb[1], b_column = tb ? sb[1] : 1;
      for (Extent i = 0; i < m; ++i) {
        for (Extent j = 0; j < n; ++j) {
          const T* a = operand<T>(call, 0) + i * a_row;
          const T* b = operand<T>(call, 1) + j * b_column;
          double total = 0;
          for (Extent l = 0; l < k; ++l)
            total += static_cast<double>(a[l * a_column]) * static_cast<double>(b[l * b_row]);
          result<T>(call)[i * n + j] = static_cast<T>(total);
        }
      }
    }
  };
  KernelPair reference() const override { return kernel_pair<Kernel>(); }
};

}  // namespace

const Primitive& matmul_primitive() {
  static const Matmul primitive;
  return primitive;
}

Value matmul(Value a, Value b, bool ta, bool tb) {
  return apply(matmul_primitive(), {a, b}, {.ints = {ta, tb}});
}

}  // namespace ganflow
