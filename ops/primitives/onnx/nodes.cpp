#include "ops/primitives/onnx/nodes.h"

namespace ganflow {

onnx::NodeProto& OnnxNodes::add(const char* op, const std::vector<std::string>& inputs,
                                const std::string& result) {
  onnx::NodeProto& node = *graph_.add_node();
  node.set_op_type(op);
  for (const std::string& input : inputs) node.add_input(input);
  node.add_output(result);
  return node;
}

std::string OnnxNodes::node(const char* op, const std::vector<std::string>& inputs) {
  const std::string result = fresh();
  add(op, inputs, result);
  return result;
}

std::string OnnxNodes::ints(const std::vector<std::int64_t>& values) {
  onnx::TensorProto& t = *graph_.add_initializer();
  t.set_name(fresh());
  t.set_data_type(onnx::TensorProto::INT64);
  t.add_dims(static_cast<std::int64_t>(values.size()));
  for (const std::int64_t value : values) t.add_int64_data(value);
  return t.name();
}

std::string OnnxNodes::number(double value) {
  const std::string name = fresh();
  const auto single = static_cast<float>(value);
  tensor(name, {}, &single);
  return name;
}

void OnnxNodes::tensor(const std::string& name, const Shape& shape, const float* values) {
  onnx::TensorProto& t = *graph_.add_initializer();
  t.set_name(name);
  t.set_data_type(onnx::TensorProto::FLOAT);
  for (int axis = 0; axis < shape.rank(); ++axis) t.add_dims(shape[axis]);
  // Little-endian bytes.
  t.set_raw_data(values, static_cast<std::size_t>(shape.elements()) * sizeof(float));
}

namespace {

onnx::AttributeProto& attribute_of(onnx::NodeProto& node, const char* name,
                                   onnx::AttributeProto::AttributeType type) {
  onnx::AttributeProto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(type);
  return attribute;
}

}  // namespace

void set(onnx::NodeProto& node, const char* name, std::int64_t value) {
  attribute_of(node, name, onnx::AttributeProto::INT).set_i(value);
}
void set(onnx::NodeProto& node, const char* name, const char* value) {
  attribute_of(node, name, onnx::AttributeProto::STRING).set_s(value);
}
void set(onnx::NodeProto& node, const char* name, const std::vector<std::int64_t>& values) {
  onnx::AttributeProto& attribute = attribute_of(node, name, onnx::AttributeProto::INTS);
  for (const std::int64_t value : values) attribute.add_ints(value);
}

}  // namespace ganflow
