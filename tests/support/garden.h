// Random programs of every primitive.
#pragma once

#include "engine/program/gradient.h"
#include "ops/primitives/primitives.h"
#include "tests/support/gradient_check.h"

namespace ganflow::test {

// Whole numbers from Philox, one sequence a seed.
class Draw {
 public:
  explicit Draw(std::uint64_t seed) : seed_(seed) {}
  int below(std::size_t n) { return static_cast<int>(random_word(seed_, 7, 0, at_++) % n); }
  bool half() { return below(2) == 1; }
  template <class T>
  const T& one_of(const std::vector<T>& from) {
    return from[below(from.size())];
  }

 private:
  std::uint64_t seed_;
  std::uint64_t at_ = 0;
};

// Appends random operations on random earlier values. Shapes have extents 1..4, so that the rules
// about unit axes, whole slices and equal rows all get their chance; constants are frequent.
class Garden {
 public:
  Garden(Builder& builder, std::uint64_t seed) : builder_(builder), draw_(seed) {
    index_ = input(builder, "index", {{4}, DType::index});
    for (const Shape& shape : {Shape{3, 4}, Shape{3, 4}, Shape{4, 2}, Shape{4}, Shape{2, 3, 2}}) {
      values_.push_back(input(builder, "x" + std::to_string(values_.size()), {shape, {}}));
    }
    values_.push_back(full(builder, {3, 4}, 0));
    values_.push_back(full(builder, {4, 2}, 2));
    masks_.push_back(greater(values_[0], 0.1));
    masks_.push_back(greater(values_[2], values_[6]));
  }
  static Tensors bindings() {
    Tensors at{{"index", {2, 0, 3, 2}}};
    for (int i = 0; i < 5; ++i)
      at["x" + std::to_string(i)] = drawn(i < 2 ? 12 : i == 2 ? 8 : i == 3 ? 4 : 12, 50 + i);
    return at;
  }

  void grow() {
    const Value x = draw_.one_of(values_);
    const Value next = step(x);
    if (!next || next.shape().elements() > 64 || next.shape().elements() == 0) return;
    // Bounded, so that long chains stay comparable.
    values_.push_back(draw_.below(6) == 0 ? tanh(next) : next);
  }
  // Some values, and the gradient of a sum of some by some (wherever they are in the program).
  void finish() {
    std::vector<Value> wrt;
    Value loss = full(builder_, {}, 0);
    for (int i = 0; i < 4; ++i) {
      const Value x = tanh(values_[values_.size() - 1 - draw_.below(values_.size() / 2)]);
      loss = loss + sum(x);
      wrt.push_back(draw_.one_of(values_));
      output(builder_, "y" + std::to_string(i), x);
    }
    const auto g = gradient(loss, wrt);
    for (int i = 0; i < 4; ++i) output(builder_, "g" + std::to_string(i), g[i]);
    output(builder_, "h", gradient(sum(square(g[0])), wrt[1]));
    output(builder_, "j", jvp(loss, wrt, g));
  }

 private:
  // Another value of x's shape: an earlier one, a broadcast one or a constant.
  Value like(Value x) {
    std::vector<Value> fit;
    for (const Value& v : values_)
      if (v.shape() == x.shape()) fit.push_back(v);
    switch (draw_.below(5)) {
      case 0:
        return full_like(x, draw_.below(3) - 1.0);
      case 1:
        return broadcast_to(sum(tanh(draw_.one_of(values_))), x.shape());
      case 2:
        if (x.shape().rank() > 1) return broadcast_rows(row_sums(x), x);
        [[fallthrough]];
      default:
        return draw_.one_of(fit);
    }
  }
  Value mask_for(Value x) {
    for (const Value& m : masks_)
      if (m.shape() == x.shape() && draw_.half()) return m;
    const Value y = like(x);
    const int kind = draw_.below(3);
    masks_.push_back(kind == 0 ? greater(x, y) : kind == 1 ? greater_equal(x, y) : equal(x, y));
    return masks_.back();
  }
  Value step(Value x) {
    const Shape& shape = x.shape();
    const int rank = shape.rank(), axis = rank ? draw_.below(rank) : 0;
    switch (draw_.below(24)) {
      case 0:
        return x + like(x);
      case 1:
        return x - like(x);
      case 2:
        return x * like(x);
      case 3:
        return x / (2.0 + square(like(x)));
      case 4:
        return max(x, like(x));
      case 5:
        return affine(x, draw_.below(4) - 1.0, draw_.below(3) - 1.0);
      case 6:
        return unary(x);
      case 7:
      case 8:
        return select(mask_for(x), draw_.half() ? x : full_like(x, 0),
                      draw_.half() ? like(x) : full_like(x, 0));
      case 9:
        return draw_.half() ? sum(x) : rank ? sum(x, {axis}) : mean(x);
      case 10:
        return rank < 4 ? broadcast(x, {draw_.below(rank + 1)}, {1 + draw_.below(3)}) : Value();
      case 11:
        return rank < 3 ? broadcast(x, {0, rank + 1}, {2, 1 + draw_.below(2)}) : Value();
      case 12: {
        const Extent n = shape.elements();
        if (n % 2) return reshape(x, {n, 1});
        return draw_.half() ? reshape(x, {n}) : reshape(x, {2, n / 2});
      }
      case 13:
        return rank == 2   ? transpose(x)
               : rank == 3 ? permute(x, draw_.half() ? std::initializer_list<int>{0, 2, 1}
                                                     : std::initializer_list<int>{2, 0, 1})
                           : Value();
      case 14:
      case 15: {
        if (rank == 0) return {};
        const Extent lo = draw_.below(shape[axis]);
        return slice(x, axis, lo, lo + 1 + draw_.below(shape[axis] - lo));
      }
      case 16:
        return rank ? pad(x, axis, draw_.below(2), draw_.below(3)) : Value();
      case 17:
      case 18: {  // pieces of one tensor put together again, sometimes in order
        if (rank == 0 || shape[axis] < 2) return {};
        const Value a = slice(x, axis, 0, 1), b = slice(x, axis, 1, shape[axis]);
        if (draw_.half()) return pad(a, axis, 0, shape[axis] - 1) + pad(unary(b), axis, 1, 0);
        return draw_.half() ? concat(std::vector{a, b}, axis) : concat(std::vector{b, a, a}, axis);
      }
      case 19:
        return rank ? concat(std::vector{x, like(x), full_like(x, 0)}, axis) : Value();
      case 20:
      case 21:
        return product(x);
      case 22:
        return rank && shape[0] > 3 ? gather(x, index_) : stop(x);
      default:
        return rank && shape[0] == 4 ? scatter_add(x, index_, 5)
                                     : random(builder_, RandomKind::sign, shape, 3) * x;
    }
  }
  Value unary(Value x) {
    switch (draw_.below(10)) {
      case 0:
        return exp(tanh(x));
      case 1:
        return log(1.0 + square(x));
      case 2:
        return sqrt(square(x) + 1.0);
      case 3:
        return recip(square(x) + 1.0);
      case 4:
        return sigmoid(x);
      case 5:
        return softplus(x);
      case 6:
        return abs(x);
      case 7:
        return positive(x);
      case 8:
        return sin(x);
      default:
        return sign(x) * cos(x);
    }
  }
  Value product(Value x) {
    if (x.shape().rank() != 2) return {};
    std::vector<Value> fit;
    std::vector<std::pair<bool, bool>> flags;
    for (const Value& y : values_) {
      if (y.shape().rank() != 2) continue;
      for (int f = 0; f < 4; ++f) {
        const bool ta = f & 1, tb = f & 2;
        if (x.shape()[ta ? 0 : 1] != y.shape()[tb ? 1 : 0]) continue;
        fit.push_back(y);
        flags.push_back({ta, tb});
      }
    }
    if (fit.empty()) return {};
    const int i = draw_.below(fit.size());
    const Value one = matmul(x, fit[i], flags[i].first, flags[i].second);
    const Value two = matmul(like(x), fit[i], flags[i].first, flags[i].second);
    return draw_.below(3) == 0 ? one + two : draw_.half() ? one - two : one;
  }

  Builder& builder_;
  Draw draw_;
  Value index_;
  std::vector<Value> values_, masks_;
};

}  // namespace ganflow::test
