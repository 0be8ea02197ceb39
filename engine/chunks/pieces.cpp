#include "engine/chunks/pieces.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <limits>
#include <map>
#include <tuple>

#include "engine/chunks/row_forms.h"
#include "engine/error.h"
#include "engine/program/builder.h"
#include "engine/program/concat.h"
#include "engine/program/leaves.h"
#include "engine/program/value.h"

namespace ganflow {
namespace {

constexpr int kNever = std::numeric_limits<int>::max();
using Kind = RowForm::Kind;

class PieceCutter {
 public:
  PieceCutter(const Program& program, const Chunking& chunking)
      : program_(program), chunking_(chunking), forms_(row_forms(program, chunking.batch)) {}

  Pieces run() {
    for (const Output& result : program_.results)
      last_ = std::max(last_, whole_from(forms_[result.value]));
    find_needs();
    for (int stage = 0; stage <= last_; ++stage)
      for (const bool chunked : {false, true})
        drafts_.push_back({.piece = {.chunked = chunked, .program = {}}});
    for (ValueId id = 0; id < program_.nodes.size(); ++id) make(id);
    give_results();
    give_crossing();
    return finish();
  }

 private:
  struct Draft {
    ProgramPiece piece;
    Builder builder = Builder();
    std::map<std::pair<ValueId, bool>, ValueId> values = {};  // by node and whether as rows
  };

  const Node& node(ValueId id) const { return program_.nodes[id]; }
  bool is_slot(ValueId id) const {
    return node(id).primitive == &input_primitive() || node(id).primitive == &variable_primitive();
  }
  // A whole value any number of whose rows can be made where they are needed.
  bool equal_rows(ValueId id) const {
    return forms_[id].kind == Kind::whole && traits_of(program_, node(id)).equal_rows;
  }
  Extent blocks_of(ValueId id) const {
    const Shape& shape = node(id).shape();
    return shape.rank() > 0 && shape[0] % chunking_.batch == 0 ? shape[0] / chunking_.batch : 0;
  }
  TensorType rows_type(ValueId id) const {
    const TensorType& type = node(id).type;
    return {type.shape.with_rows(blocks_of(id) * chunking_.rows()), type.dtype};
  }

  // Whole values are computed as late as somebody reads them, so that gradients wait for the
  // last piece, which updates; rows and sums as early as they can be.
  void find_needs() {
    whole_at_.assign(program_.nodes.size(), kNever);
    rows_.assign(program_.nodes.size(), false);
    for (const Output& result : program_.results) need_whole(result.value, last_);
    for (auto id = static_cast<ValueId>(program_.nodes.size()); id-- > 0;) {
      if (whole_at_[id] == kNever && !rows_[id]) continue;
      const RowForm& form = forms_[id];
      const int stage = form.kind == Kind::whole ? whole_at_[id] : form.stage;
      for (std::size_t i = 0; i < node(id).inputs.size(); ++i)
        (form.reads_rows[i] ? need_rows(node(id).inputs[i], stage)
                            : need_whole(node(id).inputs[i], stage));
    }
  }
  void need_whole(ValueId id, int stage) { whole_at_[id] = std::min(whole_at_[id], stage); }
  void need_rows(ValueId id, int stage) {
    if (forms_[id].kind == Kind::rows)
      rows_[id] = true;
    else if (equal_rows(id))
      for (const ValueId input : node(id).inputs) need_whole(input, stage);
    else
      need_whole(id, stage);
  }

  static std::size_t draft_of(int stage, bool chunked) {
    return 2 * static_cast<std::size_t>(stage) + (chunked ? 1 : 0);
  }
  std::size_t home_of(ValueId id) const {
    const RowForm& form = forms_[id];
    return form.kind == Kind::whole ? draft_of(whole_at_[id], false) : draft_of(form.stage, true);
  }

  void make(ValueId id) {
    const RowForm& form = forms_[id];
    if ((whole_at_[id] == kNever && !rows_[id]) || is_slot(id)) return;
    if (node(id).primitive == &full_primitive()) return;
    const std::size_t home = home_of(id);
    std::vector<ValueId> inputs;
    for (std::size_t i = 0; i < node(id).inputs.size(); ++i)
      inputs.push_back(value_in(home, node(id).inputs[i], form.reads_rows[i]));
    const bool rows = form.kind == Kind::rows;
    const ValueId made =
        build(home, id, inputs, rows ? attributes_of_rows(id) : node(id).attributes);
    if (rows && !(drafts_[home].builder.type(made) == rows_type(id)))
      fail(Fault::usage, "{}: {} rows of a batch of {} cannot be computed apart",
           node(id).primitive->name(), chunking_.rows(), chunking_.batch);
    drafts_[home].values[{id, rows}] = made;
  }
  ValueId build(std::size_t draft, ValueId id, const std::vector<ValueId>& inputs,
                const Attributes& attributes) {
    Builder& builder = drafts_[draft].builder;
    builder.set_origin(builder.origin(program_.origins[node(id).origin]));
    return builder(*node(id).primitive, inputs, attributes);
  }
  Attributes attributes_of_rows(ValueId id) const {
    const Node& n = node(id);
    if (n.primitive == &concat_primitive()) return n.attributes;
    if ((n.primitive == &slice_primitive() || n.primitive == &pad_primitive())) {
      Attributes a = n.attributes;
      if (a.ints[0] == 0)
        for (const int i : {1, 2}) a.ints[i] = a.ints[i] / chunking_.chunks;
      return a;
    }
    return n.primitive->with_rows(n.attributes, rows_type(id).shape[0]);
  }

  // A value as a piece reads it: its own, one that is made on the spot, or an input.
  ValueId value_in(std::size_t draft, ValueId id, bool rows) {
    Draft& d = drafts_[draft];
    const auto found = d.values.find({id, rows});
    if (found != d.values.end()) return found->second;
    const bool full = node(id).primitive == &full_primitive();
    ValueId value = 0;
    if (full || (rows && equal_rows(id))) {
      std::vector<ValueId> inputs;
      for (const ValueId input : node(id).inputs) inputs.push_back(value_in(draft, input, false));
      const Attributes& a = node(id).attributes;
      value = build(draft, id, inputs,
                    rows ? node(id).primitive->with_rows(a, rows_type(id).shape[0]) : a);
    } else if (node(id).primitive == &variable_primitive() && !rows) {
      value = variable_in(draft, slot_of(id)).id();
    } else {
      value = input_of(draft, id, rows);
    }
    d.values[{id, rows}] = value;
    return value;
  }
  std::uint32_t slot_of(ValueId id) const {
    return static_cast<std::uint32_t>(node(id).attributes.ints[0]);
  }
  Value variable_in(std::size_t draft, std::uint32_t slot) {
    return variable(drafts_[draft].builder, program_.variables[slot].name,
                    program_.variables[slot].type);
  }
  ValueId input_of(std::size_t draft, ValueId id, bool rows) {
    Draft& d = drafts_[draft];
    const TensorType type = rows ? rows_type(id) : node(id).type;
    if (node(id).primitive == &input_primitive()) {
      d.piece.inputs.push_back({PieceSlot::Of::program, slot_of(id), rows});
      return input(d.builder, program_.inputs[slot_of(id)].name, type).id();
    }
    if (node(id).primitive == &variable_primitive()) {  // its rows, of a copy
      const std::size_t first = draft_of(whole_at_[id], false);
      drafts_[first].values.try_emplace({id, false}, variable_in(first, slot_of(id)).id());
    }
    const std::uint32_t crossing = crossing_of(id);
    if (pieces_.crossing[crossing].chunked && !rows) pieces_.crossing[crossing].whole = true;
    d.piece.inputs.push_back({PieceSlot::Of::crossing, crossing, rows});
    return input(d.builder, fmt::format("%{}", id), type).id();
  }
  std::uint32_t crossing_of(ValueId id) {
    const auto next = static_cast<std::uint32_t>(pieces_.crossing.size());
    const auto [found, fresh] = crossing_.emplace(id, next);
    if (fresh) {
      const Kind kind = forms_[id].kind;
      pieces_.crossing.push_back({.type = node(id).type,
                                  .chunked = kind != Kind::whole,
                                  .sum = kind == Kind::sum,
                                  .blocks = blocks_of(id)});
    }
    return found->second;
  }

  void give_results() {
    const std::size_t end = draft_of(last_, false);
    for (const Output& result : program_.results) {
      const ValueId id = result.value;
      if (result.assign) {
        const Value to = variable_in(end, result.slot);
        assign(drafts_[end].builder, to, {drafts_[end].builder, value_in(end, id, false)});
        continue;
      }
      const bool made =
          !is_slot(id) && forms_[id].kind == Kind::whole && node(id).primitive != &full_primitive();
      const std::size_t home = made ? home_of(id) : end;
      Draft& d = drafts_[home];
      d.piece.outputs.push_back({PieceSlot::Of::program, result.slot});
      output(d.builder, program_.outputs[result.slot].name, {d.builder, value_in(home, id, false)});
    }
  }
  void give_crossing() {
    pieces_.made_by.resize(pieces_.crossing.size());
    for (const auto& [id, crossing] : crossing_) {
      const std::size_t home = home_of(id);
      Draft& d = drafts_[home];
      pieces_.made_by[crossing] = static_cast<int>(home);
      d.piece.outputs.push_back({PieceSlot::Of::crossing, crossing});
      output(d.builder, fmt::format("%{}", id),
             {d.builder, d.values.at({id, forms_[id].kind == Kind::rows})});
    }
  }

  Pieces finish() {
    std::vector<int> place;  // of drafts among the pieces
    for (Draft& d : drafts_) {
      place.push_back(static_cast<int>(pieces_.list.size()));
      if (d.builder.program().results.empty()) continue;
      d.piece.program = d.builder.program();
      for (const Slot& slot : d.piece.program.variables) {
        const auto found = std::ranges::find(program_.variables, slot.name, &Slot::name);
        d.piece.variables.push_back(static_cast<std::uint32_t>(found - program_.variables.begin()));
      }
      pieces_.list.push_back(std::move(d.piece));
    }
    for (int& piece : pieces_.made_by) piece = place[static_cast<std::size_t>(piece)];
    return std::move(pieces_);
  }

  const Program& program_;
  const Chunking chunking_;
  const std::vector<RowForm> forms_;
  int last_ = 0;
  std::vector<int> whole_at_;  // by node: the first stage that reads it as a whole
  std::vector<bool> rows_;     // by node: it is read as rows
  std::vector<Draft> drafts_;  // by stage: the whole one, then that of the chunks
  std::map<ValueId, std::uint32_t> crossing_;
  Pieces pieces_;
};

}  // namespace

void check(const Chunking& chunking) {
  const auto chunks = static_cast<unsigned>(chunking.chunks);
  if (chunking.chunks < 1 || !std::has_single_bit(chunks))
    fail(Fault::usage, "a batch is cut into {} chunks: it must be a power of two, such as {}",
         chunking.chunks, std::bit_ceil(chunks));
  if (chunking.batch % chunking.chunks != 0)
    fail(Fault::usage,
         "a batch of {} rows cannot be cut into {} equal chunks; use --batch {} or fewer chunks",
         chunking.batch, chunking.chunks, (chunking.batch / chunking.chunks + 1) * chunking.chunks);
}

Pieces cut_into_pieces(const Program& program, const Chunking& chunking) {
  check(chunking);
  return PieceCutter(program, chunking).run();
}

}  // namespace ganflow
