// Nodes of an ONNX graph under construction. Includes the library's headers: for this room only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// As the library was built.
#define ONNX_NAMESPACE onnx
#define ONNX_ML 1
#include <onnx/onnx_pb.h>

#include "engine/program/program.h"

namespace ganflow {

class OnnxNodes {
 public:
  explicit OnnxNodes(onnx::GraphProto& graph) : graph_(graph) {}

  // Adds a node; returns the name of its result, `result` or a new one.
  onnx::NodeProto& add(const char* op, const std::vector<std::string>& inputs,
                       const std::string& result);
  std::string node(const char* op, const std::vector<std::string>& inputs);
  // Adds a constant; returns its name.
  std::string ints(const std::vector<std::int64_t>& values);
  std::string number(double value);
  void tensor(const std::string& name, const Shape& shape, const float* values);

 private:
  std::string fresh() { return "t" + std::to_string(next_++); }
  onnx::GraphProto& graph_;
  int next_ = 0;
};

void set(onnx::NodeProto& node, const char* attribute, std::int64_t value);
void set(onnx::NodeProto& node, const char* attribute, const char* value);
void set(onnx::NodeProto& node, const char* attribute, const std::vector<std::int64_t>& values);

// One node of a program: the names of its operands, the name of its result.
struct OnnxCall {
  OnnxNodes& nodes;
  const Node& node;
  std::vector<TensorType> types;  // of the operands
  std::vector<std::string> inputs;
  std::string result;
  bool batched = false;  // axis 0 of the result is the batch, of any size
};
struct OnnxRow {
  const char* op;  // ONNX's name
  void (*add)(const OnnxCall& call, const char* op);
};

// Absent: ONNX has none.
std::optional<OnnxRow> onnx_row(const Primitive& primitive);

}  // namespace ganflow
