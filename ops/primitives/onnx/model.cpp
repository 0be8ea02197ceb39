#include "ops/primitives/onnx/model.h"

#include <set>

#include "engine/error.h"
#include "engine/program/leaves.h"
#include "ops/primitives/onnx/nodes.h"

namespace ganflow {
namespace {

constexpr int kOpset = 13;
constexpr int kFormat = 7;  // of the file, the first that has this opset

class Exporter {
 public:
  Exporter(const Program& program, const OnnxNames& names,
           const std::map<std::string, std::vector<float>>& constants, const std::string& who)
      : program_(program), names_(names), constants_(constants), who_(who), nodes_(graph()) {
    model_.set_ir_version(kFormat);
    model_.set_producer_name("ganflow");
    model_.set_doc_string(names.description);
    model_.add_opset_import()->set_version(kOpset);
    graph().set_name(names.model);
  }

  std::string run() {
    const std::vector<bool> live = program_.live();
    for (std::size_t i = 0; i < names_.inputs.size(); ++i)
      describe(*graph().add_input(), names_.inputs[i], program_.inputs[i].type.shape, true);
    for (ValueId id = 0; id < program_.nodes.size(); ++id) {
      values_.emplace_back();
      if (live[id]) add(id);
    }
    const ValueId result = program_.results.at(0).value;
    nodes_.add("Identity", {values_[result].name}, names_.output);
    describe(*graph().add_output(), names_.output, program_.nodes[result].shape(),
             values_[result].batched);
    return model_.SerializeAsString();
  }

 private:
  struct Made {
    std::string name;
    bool batched = false;
  };

  onnx::GraphProto& graph() { return *model_.mutable_graph(); }

  [[noreturn]] void refuse(const Node& node, const std::string& why) const {
    fail(Fault::usage, "{}: {} is made by '{}', {}", who_, program_.origins[node.origin],
         node.primitive->name(), why);
  }

  static void describe(onnx::ValueInfoProto& info, const std::string& name, const Shape& shape,
                       bool batched) {
    info.set_name(name);
    onnx::TypeProto::Tensor& tensor = *info.mutable_type()->mutable_tensor_type();
    tensor.set_elem_type(onnx::TensorProto::FLOAT);
    for (int axis = 0; axis < shape.rank(); ++axis) {
      auto& dimension = *tensor.mutable_shape()->add_dim();
      if (axis == 0 && batched)
        dimension.set_dim_param("N");
      else
        dimension.set_dim_value(shape[axis]);
    }
  }

  void add(ValueId id) {
    const Node& node = program_.nodes[id];
    Made& made = values_[id];
    if (node.primitive == &input_primitive() || node.primitive == &variable_primitive()) {
      made = leaf(node);
      return;
    }
    const auto row = onnx_row(*node.primitive);
    if (!row) refuse(node, "which ONNX has no operator for");
    const Traits traits = traits_of(program_, node);
    std::vector<std::string> inputs;
    for (const ValueId input : node.inputs) {
      inputs.push_back(values_[input].name);
      made.batched = made.batched || values_[input].batched;
    }
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      const bool by_row = has_operand(traits.row_operands, i);
      if (values_[node.inputs[i]].batched && !by_row)
        refuse(node, "which mixes the samples of a batch: a model would depend on its size");
      if (made.batched && by_row && !values_[node.inputs[i]].batched &&
          traits.role != Role::elementwise)
        refuse(node, "which takes one row for all samples");
    }
    made.name = fmt::format("v{}", id);
    row->add({nodes_, node, input_types(program_, node), inputs, made.name, made.batched}, row->op);
  }

  Made leaf(const Node& node) {
    const bool of_step = node.primitive == &variable_primitive();
    const auto slot = static_cast<std::size_t>(node.attributes.ints[0]);
    if (!of_step && slot < names_.inputs.size()) return {names_.inputs[slot], true};
    const Slot& from = of_step ? program_.variables[slot] : program_.inputs[slot];
    const auto found = constants_.find(from.name);
    if (found == constants_.end() ||
        static_cast<Extent>(found->second.size()) != from.type.shape.elements())
      fail(Fault::input, "{}: the checkpoint has no {} of shape {}; it belongs to another graph",
           who_, from.name, from.type.shape.str());
    if (known_.insert(from.name).second)
      nodes_.tensor(from.name, from.type.shape, found->second.data());
    return {from.name, false};
  }

  const Program& program_;
  const OnnxNames& names_;
  const std::map<std::string, std::vector<float>>& constants_;
  const std::string& who_;
  onnx::ModelProto model_;
  OnnxNodes nodes_;
  std::vector<Made> values_;
  std::set<std::string> known_;  // constants that are in the file
};

}  // namespace

std::string onnx_model(const Program& program, const OnnxNames& names,
                       const std::map<std::string, std::vector<float>>& constants,
                       const std::string& who) {
  return Exporter(program, names, constants, who).run();
}

}  // namespace ganflow
