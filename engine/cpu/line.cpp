#include "engine/cpu/line.h"

#include "engine/cpu/table.h"

namespace ganflow::cpu {
namespace {

constexpr Extent kShortRow = 16;

class LinePlanner {
 public:
  explicit LinePlanner(const Tape& tape)
      : tape_(tape), nodes_(static_cast<std::size_t>(tape.registers), -1) {
    plan_.packed = tape.inner < kShortRow && tape.outer_count > 1;
  }

  std::optional<LinePlan> plan(const Segment& segment) {
    for (const Op& op : segment.ops)
      if (!take(op)) return {};
    if (plan_.accesses.size() > kMostAccesses) return {};
    for (const Effect& effect : plan_.effects)
      plan_.accesses[static_cast<std::size_t>(effect.access)].written = true;
    return std::move(plan_);
  }

 private:
  using To = Access::To;
  using As = Access::As;

  bool take(const Op& op) {
    switch (op.what) {
      case Do::load:
        now(op) = read(element_access(op.index, true));
        return true;
      case Do::root:
        now(op) = read(access(To::root, As::reals, -1, plan_.packed));
        return true;
      case Do::spread:
        now(op) =
            read(access(To::kept, by_number() ? As::number : As::reals, op.index, plan_.packed));
        return true;
      case Do::restore:
        now(op) = read(access(To::saved, As::reals, op.index, plan_.packed));
        return true;
      case Do::compute:
        return compute(op);
      case Do::add_up: {
        const int to = tape_.mode == Mode::columns && !plan_.packed
                           ? access(To::kept, As::reals, op.index, false)
                           : access(To::kept, plan_.packed ? As::reals : As::lanes, op.index, true);
        plan_.effects.push_back(
            {plan_.packed ? Effect::What::store : Effect::What::add, to, node(op.sources[0])});
        return true;
      }
      case Do::save:
        store(access(To::saved, As::reals, op.index, plan_.packed), op);
        return true;
      case Do::store:
        store(element_access(op.index, false), op);
        return true;
    }
    return false;
  }

  bool compute(const Op& op) {
    const AppliedFormula& applied = tape_.formulas[static_cast<std::size_t>(op.formula)];
    const RecordedFormula formula = kernels_of(*applied.primitive).recorded;
    if (!formula.write) return false;
    std::vector<int> x;
    for (const int source : op.sources) x.push_back(node(source));
    now(op) = record(plan_.graph, formula, x, applied.attributes);
    return true;
  }

  bool by_number() const { return !plan_.packed && tape_.mode != Mode::columns; }

  int access(To to, As as, int index, bool buffered) {
    plan_.accesses.push_back({to, plan_.packed && as != As::number ? As::reals : as, index,
                              buffered ? plan_.buffers++ : -1});
    return static_cast<int>(plan_.accesses.size() - 1);
  }
  // Of a stream.
  int element_access(int index, bool reads) {
    const Stream& stream = tape_.streams[static_cast<std::size_t>(index)];
    if (plan_.packed) return access(To::stream, As::reals, index, true);
    if (reads && stream.inner == 0 && stream.type == DType::real)
      return access(To::stream, As::number, index, false);
    if (stream.inner != 1) return access(To::stream, As::reals, index, true);
    return access(To::stream,
                  stream.type == DType::real   ? As::reals
                  : stream.type == DType::mask ? As::masks
                                               : As::indices,
                  index, false);
  }

  int read(int access) {
    return plan_.graph.add({LaneOp::input, static_cast<std::uint32_t>(access)});
  }
  void store(int access, const Op& op) {
    int from = node(op.sources[0]);
    if (plan_.accesses[static_cast<std::size_t>(access)].as == As::masks)
      from = plan_.graph.add({LaneOp::unequal, 0, from, plan_.graph.constant(0)});
    plan_.effects.push_back({Effect::What::store, access, from});
  }

  int& now(const Op& op) { return nodes_[static_cast<std::size_t>(op.target)]; }
  // Of a register; single numbers are read where they are first needed.
  int node(int source) {
    int& known = nodes_[static_cast<std::size_t>(source)];
    if (known < 0) known = read(access(To::number, As::number, source, false));
    return known;
  }

  const Tape& tape_;
  LinePlan plan_;
  std::vector<int> nodes_;  // by register
};

}  // namespace

std::optional<LinePlan> plan_line(const Tape& tape, const Segment& segment) {
  return LinePlanner(tape).plan(segment);
}

}  // namespace ganflow::cpu
