#include "engine/cpu/line_schedule.h"

#include <algorithm>
#include <limits>

namespace ganflow::cpu {
namespace {

constexpr int kNever = std::numeric_limits<int>::max();

class LineScheduler {
 public:
  LineScheduler(const LinePlan& plan, int registers)
      : plan_(plan),
        uses_(plan.graph.nodes().size()),
        places_(plan.graph.nodes().size()),
        owner_(static_cast<std::size_t>(registers), -1) {}

  LineSchedule schedule() {
    order();
    for (now_ = 0; now_ < static_cast<int>(made_.steps.size()); ++now_) {
      LineStep& s = made_.steps[static_cast<std::size_t>(now_)];
      place(s);
      for (const int node : operands(s))  // what is spilled before this step must not lie there
        if (where(node).at == At::slot && next_use(node) == kNever) leave(where(node).index);
    }
    return std::move(made_);
  }

 private:
  using At = LaneValue::At;
  std::vector<int>& uses(int node) { return uses_[static_cast<std::size_t>(node)]; }
  LaneValue& where(int node) { return places_[static_cast<std::size_t>(node)]; }

  std::vector<int> operands(const LineStep& s) const {
    if (s.effect >= 0) return {plan_.effects[static_cast<std::size_t>(s.effect)].node};
    std::vector<int> of;
    for (const int node : plan_.graph[s.node].of)
      if (node >= 0) of.push_back(node);
    return of;
  }

  // Lies in memory until it is needed, and is read there again.
  bool stays(int node) const {
    const LaneNode& n = plan_.graph[node];
    if (n.op == LaneOp::constant) return true;
    if (n.op != LaneOp::input) return false;
    return plan_.accesses[n.number].as == Access::As::number ||
           times_[static_cast<std::size_t>(node)] == 1;
  }

  void order() {
    const int count = static_cast<int>(plan_.graph.nodes().size());
    times_.assign(static_cast<std::size_t>(count), 0);
    for (const Effect& effect : plan_.effects) ++times_[static_cast<std::size_t>(effect.node)];
    for (int node = count; node-- > 0;)
      if (times_[static_cast<std::size_t>(node)])
        for (const int of : plan_.graph[node].of)
          if (of >= 0) ++times_[static_cast<std::size_t>(of)];
    int last_read = -1;  // the node behind which nothing is read any more
    for (int node = 0; node < count; ++node) {
      if (!times_[static_cast<std::size_t>(node)]) continue;
      if (plan_.graph[node].op == LaneOp::input) last_read = node;
      for (const int of : plan_.graph[node].of)
        if (of >= 0 && plan_.graph[of].op == LaneOp::input) last_read = node;
    }
    std::vector<bool> done(plan_.effects.size());
    const auto effects_after = [&](int node) {
      for (std::size_t i = 0; i < done.size(); ++i) {
        const Effect& effect = plan_.effects[i];
        const int from =
            effect.what == Effect::What::store ? std::max(last_read, effect.node) : effect.node;
        if (done[i] || from > node) continue;
        done[i] = true;
        LineStep s;
        s.effect = static_cast<int>(i);
        made_.steps.push_back(s);
      }
    };
    for (int node = 0; node < count; ++node) {
      if (times_[static_cast<std::size_t>(node)] && !stays(node)) {
        LineStep s;
        s.node = node;
        made_.steps.push_back(s);
      }
      effects_after(node);
    }
    for (std::size_t i = 0; i < made_.steps.size(); ++i)
      for (const int node : operands(made_.steps[i])) uses(node).push_back(static_cast<int>(i));
    for (int node = 0; node < count; ++node) {
      const LaneNode& n = plan_.graph[node];
      if (!stays(node)) continue;
      where(node) = n.op == LaneOp::constant ? LaneValue{At::constant, 0, n.number}
                                             : LaneValue{At::memory, static_cast<int>(n.number), 0};
    }
  }

  int next_use(int node) {
    const auto found = std::upper_bound(uses(node).begin(), uses(node).end(), now_);
    return found == uses(node).end() ? kNever : *found;
  }

  void place(LineStep& s) {
    const std::vector<int> of = operands(s);
    std::vector<int> dying;  // operands in registers that nobody needs after this
    for (std::size_t i = 0; i < of.size(); ++i) {
      s.operands[i] = where(of[i]);
      if (s.operands[i].at == At::lane_register && next_use(of[i]) == kNever)
        dying.push_back(static_cast<int>(i));
    }
    if (s.node < 0) return release(s, dying);
    const LaneOp op = plan_.graph[s.node].op;
    const bool multiplies = op == LaneOp::multiply_add || op == LaneOp::multiply_subtract ||
                            op == LaneOp::negated_multiply;
    if (multiplies && !dying.empty()) {
      s.over = dying[0];
      release(s, dying);
      s.target = s.operands[static_cast<std::size_t>(s.over)].index;
    } else if (multiplies || op == LaneOp::pick) {  // a register that none of them has
      if (multiplies) s.over = apart(s);
      s.target = free_register(s, of);
      release(s, dying);
    } else {
      release(s, dying);
      s.target = free_register(s, of);
    }
    owner_[static_cast<std::size_t>(s.target)] = s.node;
    where(s.node) = {At::lane_register, s.target, 0};
  }

  // Which operand of a product with an addition is best put into the target: one that has to be
  // read anyway.
  static int apart(const LineStep& s) {
    for (const int i : {2, 0, 1})
      if (s.operands[static_cast<std::size_t>(i)].at != At::lane_register) return i;
    return 2;
  }

  void release(const LineStep& s, const std::vector<int>& dying) {
    for (const int i : dying)
      owner_[static_cast<std::size_t>(s.operands[static_cast<std::size_t>(i)].index)] = -1;
  }

  int free_slot() {
    if (slots_.empty()) return made_.slots++;
    const int slot = slots_.back();
    slots_.pop_back();
    return slot;
  }
  void leave(int slot) {
    if (std::find(slots_.begin(), slots_.end(), slot) == slots_.end()) slots_.push_back(slot);
  }

  int free_register(LineStep& s, const std::vector<int>& operands) {
    const auto found = std::find(owner_.begin(), owner_.end(), -1);
    if (found != owner_.end()) return static_cast<int>(found - owner_.begin());
    int victim = -1;
    for (int r = 0; r < static_cast<int>(owner_.size()); ++r) {
      const int node = owner_[static_cast<std::size_t>(r)];
      if (std::find(operands.begin(), operands.end(), node) != operands.end()) continue;
      if (victim < 0 || next_use(node) > next_use(owner_[static_cast<std::size_t>(victim)]))
        victim = r;
    }
    s.spilled.emplace_back(victim, free_slot());
    where(owner_[static_cast<std::size_t>(victim)]) = {At::slot, s.spilled.back().second, 0};
    return victim;
  }

  const LinePlan& plan_;
  LineSchedule made_;
  std::vector<int> times_;              // that a node is used, 0: for nothing
  std::vector<std::vector<int>> uses_;  // by node: steps, in order
  std::vector<LaneValue> places_;       // by node
  std::vector<int> owner_;              // by register
  std::vector<int> slots_;              // that are free again
  int now_ = 0;
};

}  // namespace

LineSchedule schedule_line(const LinePlan& plan, int registers) {
  return LineScheduler(plan, registers).schedule();
}

}  // namespace ganflow::cpu
