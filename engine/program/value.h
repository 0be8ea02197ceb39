// What authors of formulas touch: a handle on a node of the program being traced. 16 bytes.
// The arithmetic on it lives in ops/primitives; here is only the handle.
#pragma once

#include <span>
#include <vector>

#include "engine/program/builder.h"

namespace ganflow {

class Value {
 public:
  Value() = default;  // absent
  Value(Builder& builder, ValueId id) : builder_(&builder), id_(id) {}

  explicit operator bool() const { return builder_ != nullptr; }
  Builder& builder() const { return *builder_; }
  ValueId id() const { return id_; }
  const Node& node() const { return builder_->node(id_); }
  // By value: nodes move when the program grows.
  TensorType type() const { return node().type; }
  Shape shape() const { return node().type.shape; }
  Extent rows() const { return shape().rows(); }

 private:
  Builder* builder_ = nullptr;
  ValueId id_ = 0;
};

// Applies a primitive to values of one builder.
Value apply(const Primitive& primitive, std::initializer_list<Value> inputs,
            const Attributes& attributes = {});
Value apply(const Primitive& primitive, std::span<const Value> inputs,
            const Attributes& attributes = {});

// A node as its own derivative rule sees it.
class NodeRef {
 public:
  NodeRef(Builder& builder, ValueId id) : builder_(&builder), id_(id) {}
  Value input(int i) const { return {*builder_, builder_->node(id_).inputs[i]}; }
  int inputs() const { return static_cast<int>(builder_->node(id_).inputs.size()); }
  Value output() const { return {*builder_, id_}; }
  const Attributes& attributes() const { return builder_->node(id_).attributes; }
  const Primitive& primitive() const { return *builder_->node(id_).primitive; }

 private:
  Builder* builder_;
  ValueId id_;
};

}  // namespace ganflow
