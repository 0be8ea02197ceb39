#include "engine/kernels/tape_maker.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "engine/kernels/domain.h"
#include "engine/kernels/kernel_view.h"
#include "engine/kernels/registers.h"
#include "engine/kernels/row_blocks.h"

namespace ganflow::kernels {
namespace {

// Builds the tape stage by stage. Within a segment every value has a register of its own at first;
// registers are shared at the end, by last use.
class TapeMaker {
 public:
  TapeMaker(const Classified& classified, const FusedKernel& kernel, const Plan& plan,
            Precision precision)
      : classified_(classified), kernel_(kernel), view_(classified, kernel, plan, precision) {}

  Tape make() {
    tape_.outer = view_.domain().outer();
    tape_.outer_count = view_.domain().outer_count();
    tape_.inner = view_.domain().inner();
    tape_.mode = kernel_.mode;
    tape_.kept = kernel_.kept();
    int last = 0;
    for (const Member& m : kernel_.members) last = std::max(last, view_.read_stage(m));
    for (const Member& m : kernel_.members) last = std::max(last, m.stage);
    shared_ = view_.shares_memory();
    for (const Member& m : kernel_.members)
      if (m.level == Level::kept) kept_index_[m.id] = tape_.kept_values++;
    tape_.stages.resize(static_cast<std::size_t>(last) + 1);
    for (int stage = 0; stage <= last; ++stage) {
      make_kept(stage);
      make_segments(stage);
    }
    for (const auto& [key, id] : constants_) tape_.constants[id].target += tape_.registers;
    const int pinned = static_cast<int>(constants_.size());
    for (Stage& stage : tape_.stages)
      for (Segment& segment : stage.segments)
        for (Op& op : segment.ops)
          for (int& source : op.sources)
            if (source <= kPinned) source = tape_.registers + (kPinned - source);
    tape_.registers += pinned;
    for (Stream& stream : tape_.streams) stream.packed = is_packed(stream, tape_.outer);
    return std::move(tape_);
  }

 private:
  static constexpr int kPinned = -2;  // sources kPinned, kPinned - 1, ... : constants

  int add_stream(std::vector<Stream>& streams, Stream stream) {
    streams.push_back(std::move(stream));
    return static_cast<int>(streams.size() - 1);
  }
  int store_stream(const Member& m) {
    return add_stream(m.level == Level::kept ? tape_.kept_streams : tape_.streams,
                      view_.written(m));
  }

  // --- kept values: one register each, for the whole block
  void make_kept(int stage) {
    std::vector<Op>& ops = tape_.stages[static_cast<std::size_t>(stage)].kept;
    for (const Member& m : kernel_.members) {
      if (m.level != Level::kept || m.stage != stage) continue;
      if (!view_.is_sum(m)) {
        Op op = compute(m);
        op.target = kept_index_.at(m.id);
        for (const Operand& operand : classified_.operands(m.id)) {
          const auto known = kept_index_.find(operand.source.base);
          op.sources.push_back(known != kept_index_.end() ? known->second
                                                          : load_kept(ops, operand));
        }
        if (classified_.part[m.id] == Part::load) {
          kept_index_[m.id] = op.sources[0];
        } else {
          ops.push_back(op);
        }
      }
    }
    for (const Member& m : kernel_.members)
      if (m.level == Level::kept && m.stage == stage && view_.stored(m.id)) {
        Op op;
        op.what = Do::store;
        op.index = store_stream(m);
        op.sources = {kept_index_.at(m.id)};
        ops.push_back(op);
      }
  }
  int load_kept(std::vector<Op>& ops, const Operand& operand) {
    Op op;
    op.what = Do::load;
    op.index = add_stream(tape_.kept_streams, view_.read_kept(operand));
    op.target = tape_.kept_values++;
    ops.push_back(op);
    return op.target;
  }

  // Loads are members too; they compute nothing.
  Op compute(const Member& m) {
    Op op;
    if (classified_.part[m.id] == Part::load) return op;
    op.what = Do::compute;
    const auto [found, fresh] = formula_.emplace(m.id, static_cast<int>(tape_.formulas.size()));
    if (fresh)
      tape_.formulas.push_back(
          {classified_.node(m.id).primitive, classified_.node(m.id).attributes});
    op.formula = found->second;
    return op;
  }

  // --- elements
  void make_segments(int stage) {
    std::vector<Extent> cuts{0, kernel_.domain.rank() ? kernel_.rows() : 1};
    for (const Member& m : kernel_.members)
      if (m.level == Level::element) {
        cuts.push_back(m.row);
        cuts.push_back(m.row + view_.rows_of(m));
        if (view_.is_product(m)) continue;
        for (const Operand& operand : classified_.operands(m.id))
          if (view_.is_apart(operand))
            for (const OperandBlock& block : operand_blocks(classified_, operand))
              cuts.push_back(m.row + block.end);
      }
    std::sort(cuts.begin(), cuts.end());
    cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
    const Extent per_row = view_.domain().outer_per_row();
    for (std::size_t i = 0; i + 1 < cuts.size(); ++i) {
      Segment segment = make_segment(stage, cuts[i], cuts[i + 1]);
      if (segment.ops.empty()) continue;
      segment.first *= per_row;
      segment.end *= per_row;
      if (cuts.size() == 2) segment.end = tape_.outer_count;
      tape_.stages[static_cast<std::size_t>(stage)].segments.push_back(std::move(segment));
    }
  }

  bool covers(const Member& m, Extent first, Extent end) const {
    return m.level == Level::kept || (m.row <= first && m.row + view_.rows_of(m) >= end);
  }

  Segment make_segment(int stage, Extent first, Extent end) {
    Segment segment{first, end, {}};
    first_row_ = first;
    registers_.clear();
    loaded_.clear();
    next_ = 0;
    for (const Member& m : kernel_.members) {
      if (!covers(m, first, end)) continue;
      if (view_.is_sum(m)) {
        if (view_.read_stage(m) != stage) continue;
        Op op;
        op.what = Do::add_up;
        op.index = kept_index_.at(m.id);
        op.sources = {read(segment.ops, classified_.operands(m.id)[0], 0)};
        segment.ops.push_back(op);
      } else if (m.level == Level::element && m.stage == stage) {
        registers_[m.id] = produce(segment.ops, m);
      }
    }
    finish_segment(segment, stage, first, end);
    tape_.registers = std::max(tape_.registers, share_registers(segment.ops));
    return segment;
  }

  int produce(std::vector<Op>& ops, const Member& m) {
    Op op;
    if (view_.is_product(m)) {
      op.what = Do::root;
    } else {
      op = compute(m);
      for (const Operand& operand : classified_.operands(m.id))
        op.sources.push_back(read(ops, operand, m.row));
      if (classified_.part[m.id] == Part::load) return op.sources[0];
    }
    op.target = next_++;
    ops.push_back(op);
    return op.target;
  }

  // The register that holds an operand; loads it if need be.
  int read(std::vector<Op>& ops, const Operand& operand, Extent row) {
    const ValueId base = operand.source.base;
    Op op;
    if (const Member* inside = view_.member(base)) {
      if (const auto known = registers_.find(base); known != registers_.end()) return known->second;
      if (inside->level == Level::kept) {
        op.what = Do::spread;
        op.index = kept_index_.at(base);
      } else {
        op.what = Do::restore;
        op.index = saved_.at(base);
      }
      op.target = next_++;
      ops.push_back(op);
      return registers_[base] = op.target;
    }
    if (view_.is_apart(operand)) return read(ops, view_.in_block(operand, first_row_ - row), row);
    const Reading at = view_.element_reading(operand);
    const auto key = std::tuple(base, at.offset - row * at.steps[0], at.steps);
    if (at.steps == decltype(at.steps){}) return pinned(key, operand);
    if (const auto known = loaded_.find(key); known != loaded_.end()) return known->second;
    op.what = Do::load;
    op.index = add_stream(tape_.streams, view_.read(operand, row));
    op.target = next_++;
    ops.push_back(op);
    return loaded_[key] = op.target;
  }

  using Key = std::tuple<ValueId, Extent, std::array<Extent, Shape::kMaxRank>>;
  int pinned(const Key& key, const Operand& operand) {
    const auto [found, fresh] = constants_.emplace(key, constants_.size());
    if (fresh) {
      Op op;
      op.what = Do::load;
      op.index = add_stream(tape_.streams, view_.read_number(operand));
      op.target = static_cast<int>(found->second);
      tape_.constants.push_back(op);
    }
    return kPinned - static_cast<int>(found->second);
  }

  // What later stages need is saved; what others read is stored.
  void finish_segment(Segment& segment, int stage, Extent first, Extent end) {
    std::vector<Op> loads_first, others;
    for (const Member& m : kernel_.members) {
      if (m.level != Level::element || m.stage != stage || !covers(m, first, end)) continue;
      Op op;
      op.sources = {registers_.at(m.id)};
      if (needed_later(m.id, stage)) {
        op.what = Do::save;
        op.index = saved_.emplace(m.id, tape_.saved).first->second;
        tape_.saved = std::max(tape_.saved, op.index + 1);
        segment.ops.push_back(op);
      }
      if (!view_.stored(m.id)) continue;
      op.what = Do::store;
      op.index = store_stream(m);
      (classified_.part[m.id] == Part::load ? loads_first : others).push_back(op);
      if (!shared_ && classified_.part[m.id] == Part::elementwise &&
          classified_.node(m.id).type.dtype == DType::real)
        for (Op& made : segment.ops)
          if (made.what == Do::compute && made.target == op.sources[0]) made.index = op.index;
    }
    segment.ops.insert(segment.ops.end(), loads_first.begin(), loads_first.end());
    segment.ops.insert(segment.ops.end(), others.begin(), others.end());
  }
  bool needed_later(ValueId id, int stage) const {
    for (const Member& m : kernel_.members)
      if (view_.read_level(m) == Level::element && view_.read_stage(m) > stage &&
          !view_.is_product(m))
        for (const Operand& operand : classified_.operands(m.id))
          if (operand.source.base == id) return true;
    return false;
  }

  const Classified& classified_;
  const FusedKernel& kernel_;
  KernelView view_;
  Tape tape_;
  bool shared_ = false;
  std::map<ValueId, int> kept_index_, registers_, saved_, formula_;
  std::map<Key, std::size_t> constants_;
  std::map<Key, int> loaded_;
  int next_ = 0;
  Extent first_row_ = 0;  // of the segment in the making
};

}  // namespace

Tape make_tape(const Classified& classified, const FusedKernel& kernel, const Plan& plan,
               Precision precision) {
  return TapeMaker(classified, kernel, plan, precision).make();
}

Tape copy_tape(const Step& step) {
  const Reading dense = dense_reading(step.type.shape);
  const Domain domain(step.type.shape, 0, {dense, step.reading});
  Tape tape;
  tape.outer = domain.outer();
  tape.outer_count = domain.outer_count();
  tape.inner = domain.inner();
  tape.registers = 1;
  const auto stream = [&](const Place& place, const Reading& reading) {
    return Stream{place, step.type.dtype, reading.offset, domain.outer_steps(reading),
                  domain.inner_step(reading)};
  };
  tape.streams = {stream(step.from, step.reading), stream(step.to, dense)};
  Op load, store;
  load.what = Do::load;
  load.index = 0;
  load.target = 0;
  store.what = Do::store;
  store.index = 1;
  store.sources = {0};
  tape.stages.resize(1);
  tape.stages[0].segments = {{0, tape.outer_count, {load, store}}};
  for (Stream& s : tape.streams) s.packed = is_packed(s, tape.outer);
  return tape;
}

}  // namespace ganflow::kernels
