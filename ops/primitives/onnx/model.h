// A program as an ONNX model, which ONNX Runtime, PyTorch and others run: primitives are operators
// of opset 13, the table in table.cpp has a row for each. Rows of a batch are free in it, one model
// serves any number of samples; so what mixes them has no model.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/program/program.h"

namespace ganflow {

struct OnnxNames {
  std::string model;                // of the graph in the file
  std::vector<std::string> inputs;  // of the program's first inputs, each with rows of its own
  std::string output;               // of the program's only output
  std::string description;          // for who looks into the file
};

// The bytes of the file. `program` is traced for one row; `constants` has the values of its
// Variables and of its other inputs by their slots' names. Throws Error(usage), "WHO: ..." in
// front, for a primitive without a row in the table and for one that mixes the rows of a batch,
// with the operator that made it.
std::string onnx_model(const Program& program, const OnnxNames& names,
                       const std::map<std::string, std::vector<float>>& constants,
                       const std::string& who);

}  // namespace ganflow
