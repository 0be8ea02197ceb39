#include "engine/chunks/row_forms.h"

#include <algorithm>

#include "engine/program/concat.h"
#include "engine/program/leaves.h"

namespace ganflow {
namespace {

class Former {
 public:
  Former(const Program& program, Extent batch) : program_(program), batch_(batch) {}

  std::vector<RowForm> run() {
    for (ValueId id = 0; id < program_.nodes.size(); ++id) {
      begins_.push_back(begins(program_.nodes[id]));
      forms_.push_back(form(program_.nodes[id]));
    }
    return std::move(forms_);
  }

 private:
  bool divides(const Shape& shape) const {
    return shape.rank() > 0 && shape[0] > 0 && shape[0] % batch_ == 0;
  }
  // A leaf that is there as a whole, and had better be read as rows.
  bool begins(const Node& node) const {
    if (node.primitive == &input_primitive())
      return node.shape().rank() > 0 && node.shape()[0] == batch_;
    return node.inputs.empty() && traits_of(program_, node).draws && divides(node.shape());
  }
  bool has_rows(ValueId id) const { return begins_[id] || forms_[id].kind == RowForm::Kind::rows; }

  RowForm form(const Node& node) const {
    RowForm form{.reads_rows = std::vector<bool>(node.inputs.size(), false)};
    if (std::ranges::any_of(node.inputs, [&](ValueId id) { return has_rows(id); }))
      classify(node, form);
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      const RowForm& from = forms_[node.inputs[i]];
      form.stage = std::max(form.stage, form.reads_rows[i] ? rows_from(from) : whole_from(from));
    }
    return form;
  }

  // Rows, if the operands in `set` are read as rows and no other has any.
  bool reads(const Node& node, RowForm& form, RowForm::Kind kind, auto&& in_set) const {
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      const ValueId id = node.inputs[i];
      if (in_set(i) ? !divides(program_.nodes[id].shape()) : has_rows(id)) return false;
    }
    for (std::size_t i = 0; i < node.inputs.size(); ++i) form.reads_rows[i] = in_set(i);
    form.kind = kind;
    return true;
  }

  void classify(const Node& node, RowForm& form) const {
    const Traits traits = traits_of(program_, node);
    const auto all = [](std::size_t) { return true; };
    if (along_rows(node)) {
      if (in_blocks(node)) reads(node, form, RowForm::Kind::rows, all);
      return;
    }
    const auto row_set = [&](std::size_t i) { return has_operand(traits.row_operands, i); };
    if (traits.row_operands != 0 && divides(node.shape()) &&
        reads(node, form, RowForm::Kind::rows, row_set))
      return;
    const auto depth_set = [&](std::size_t i) { return has_operand(traits.depth_operands, i); };
    if (traits.depth_operands != 0) reads(node, form, RowForm::Kind::sum, depth_set);
  }

  // A concat, slice or pad along axis 0.
  static bool along_rows(const Node& node) {
    const bool block = node.primitive == &concat_primitive() ||
                       node.primitive == &slice_primitive() || node.primitive == &pad_primitive();
    return block && node.attributes.ints[0] == 0;
  }
  // One that begins and ends with whole batches.
  bool in_blocks(const Node& node) const {
    if (node.primitive == &concat_primitive()) return true;  // its parts are asked
    return divides(node.shape()) && node.attributes.ints[1] % batch_ == 0 &&
           node.attributes.ints[2] % batch_ == 0;
  }

  const Program& program_;
  const Extent batch_;
  std::vector<bool> begins_;
  std::vector<RowForm> forms_;
};

}  // namespace

std::vector<RowForm> row_forms(const Program& program, Extent batch) {
  return Former(program, batch).run();
}

int whole_from(const RowForm& form) {
  return form.stage + (form.kind == RowForm::Kind::whole ? 0 : 1);
}
int rows_from(const RowForm& form) {
  return form.kind == RowForm::Kind::rows ? form.stage : whole_from(form);
}

}  // namespace ganflow
