// Sums of products that contract the rows join by depth: A1' B1 + A2' B2 = [A1; A2]' [B1; B2].
//
// Scales move into the last operand. Sums over the rows join only where the rows already lie side
// by side: nothing is gained by gathering them.
#include <algorithm>
#include <numeric>

#include "engine/program/affine.h"
#include "engine/program/concat.h"
#include "engine/program/leaves.h"
#include "engine/rewrite/pack.h"
#include "engine/rewrite/stack_rules.h"

namespace ganflow {
namespace {

struct Term {
  double scale;
  ValueId id;
};

bool linear(const StackGraph& graph, ValueId id) {
  const auto& weights = graph.traits(id).weights;
  return weights[0] != 0 || weights[1] != 0;
}

bool inner(const StackGraph& graph, ValueId id) {
  return graph.uses(id) == 1 && graph.users(id).size() == 1 && linear(graph, id) &&
         linear(graph, graph.users(id)[0]);
}

void collect(const StackGraph& graph, ValueId id, double scale, std::vector<Term>& terms) {
  const Node& node = graph.node(id);
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    const double s = scale * graph.traits(id).weights[i];
    if (s == 0) continue;
    if (inner(graph, node.inputs[i]))
      collect(graph, node.inputs[i], s, terms);
    else
      terms.push_back({s, node.inputs[i]});
  }
}

bool sums_rows(const StackGraph& graph, const Packer& packer, ValueId id) {
  const Node& node = graph.node(id);
  const Operands all = first_operands(node.inputs.size());
  if (node.inputs.empty() || graph.traits(id).depth_operands != all || graph.uses(id) != 1)
    return false;
  return std::none_of(node.inputs.begin(), node.inputs.end(),
                      [&](ValueId input) { return packer.rooted(input); });
}

bool same_sum(const StackGraph& graph, ValueId a, ValueId b) {
  const Node &x = graph.node(a), &y = graph.node(b);
  if (x.primitive != y.primitive || !(x.attributes == y.attributes) || !(x.type == y.type))
    return false;
  for (std::size_t i = 0; i < x.inputs.size(); ++i)
    if (!(graph.node(x.inputs[i]).shape().without(0) == graph.node(y.inputs[i]).shape().without(0)))
      return false;
  return true;
}

class Stacker {
 public:
  explicit Stacker(StackGraph& graph) : graph_(graph), packer_(graph) {
    for (ValueId id : graph.order()) {
      const Node& node = graph.node(id);
      if (node.primitive != &concat_primitive() || node.attributes.ints[0] != 0) continue;
      for (std::size_t i = 1; i < node.inputs.size(); ++i)
        neighbours_.emplace_back(node.inputs[i - 1], node.inputs[i]);
    }
    std::sort(neighbours_.begin(), neighbours_.end());
  }

  bool one() {
    for (ValueId root : graph_.order()) {
      if (!linear(graph_, root) || inner(graph_, root)) continue;
      std::vector<Term> terms;
      collect(graph_, root, 1, terms);
      for (std::size_t first = 0; first < terms.size(); ++first) {
        std::vector<Term> group = group_of(terms, first);
        if (group.size() < 2) continue;
        const ValueId joined = join(group);
        rebuild(root, terms, group, joined);
        graph_.refresh();
        return true;
      }
    }
    return false;
  }

 private:
  // Terms that can join terms[first], in the order they are to be stacked. Only the tree reads
  // them, so that none depends on another.
  std::vector<Term> group_of(const std::vector<Term>& terms, std::size_t first) {
    if (!sums_rows(graph_, packer_, terms[first].id)) return {};
    std::vector<Term> group{terms[first]};
    for (std::size_t i = first + 1; i < terms.size(); ++i)
      if (sums_rows(graph_, packer_, terms[i].id) && same_sum(graph_, terms[first].id, terms[i].id))
        group.push_back(terms[i]);
    if (group.size() < 2) return {};
    return graph_.traits(terms[first].id).role == Role::product ? ordered(group)
                                                                : side_by_side(group);
  }

  int joins(ValueId a, ValueId b) {
    int count = 0;
    for (std::size_t i = 0; i < graph_.node(a).inputs.size(); ++i) {
      const ValueId pair[] = {graph_.node(a).inputs[i], graph_.node(b).inputs[i]};
      count +=
          packer_.free(pair) || packer_.successive(pair[0], pair[1]) ||
          std::binary_search(neighbours_.begin(), neighbours_.end(), std::pair(pair[0], pair[1]));
    }
    return count;
  }

  // The order with most operands that already lie, or will lie, side by side; the first such.
  std::vector<Term> ordered(const std::vector<Term>& group) {
    constexpr std::size_t kExhaustive = 6;
    const std::size_t n = group.size();
    std::vector<int> gain(n * n, 0);
    for (std::size_t a = 0; a < n; ++a)
      for (std::size_t b = 0; b < n; ++b)
        if (a != b) gain[a * n + b] = joins(group[a].id, group[b].id);
    std::vector<std::size_t> order(n), best;
    std::iota(order.begin(), order.end(), 0);
    if (n > kExhaustive) {  // greedy chain from the first term
      for (std::size_t i = 1; i < n; ++i)
        std::iter_swap(order.begin() + i,
                       std::max_element(order.begin() + i, order.end(), [&](auto a, auto b) {
                         return gain[order[i - 1] * n + a] < gain[order[i - 1] * n + b];
                       }));
      best = order;
    } else {
      int most = -1;
      do {
        int sum = 0;
        for (std::size_t i = 1; i < n; ++i) sum += gain[order[i - 1] * n + order[i]];
        if (sum > most) most = sum, best = order;
      } while (std::next_permutation(order.begin(), order.end()));
    }
    std::vector<Term> result;
    for (std::size_t i : best) result.push_back(group[i]);
    return result;
  }

  // The first run of terms of equal scale whose rows follow each other in one base.
  std::vector<Term> side_by_side(std::vector<Term> group) {
    const auto input = [&](const Term& t) { return graph_.node(t.id).inputs[0]; };
    std::stable_sort(group.begin(), group.end(), [&](const Term& a, const Term& b) {
      const auto x = packer_.block(input(a)), y = packer_.block(input(b));
      return std::tuple(x.base, x.lo) < std::tuple(y.base, y.lo);
    });
    for (std::size_t i = 0; i < group.size(); ++i) {
      std::vector<Term> run{group[i]};
      for (std::size_t j = i + 1; j < group.size(); ++j)
        if (group[j].scale == run[0].scale && packer_.adjacent(input(run.back()), input(group[j])))
          run.push_back(group[j]);
      if (run.size() > 1) return run;
    }
    return {};
  }

  ValueId scaled(double scale, ValueId id) {
    if (scale == 1) return id;
    return graph_.make(affine_primitive(), std::span(&id, 1), {.reals = {scale, 0}});
  }

  // The one operation; scales that differ go into its last operand, a common one stays outside.
  ValueId join(std::vector<Term>& group) {
    std::vector<ValueId> ids;
    for (const Term& term : group) ids.push_back(term.id);
    graph_.set_origin(ids);
    const bool common = std::all_of(group.begin(), group.end(),
                                    [&](const Term& t) { return t.scale == group[0].scale; });
    const Node first = graph_.node(ids[0]);
    std::vector<ValueId> operands;
    for (std::size_t i = 0; i < first.inputs.size(); ++i) {
      std::vector<ValueId> parts;
      const bool last = i + 1 == first.inputs.size();
      for (const Term& term : group) {
        const ValueId operand = graph_.node(term.id).inputs[i];
        parts.push_back(scaled(last && !common ? term.scale : 1, operand));
      }
      operands.push_back(graph_.concat_rows(parts));
    }
    const ValueId all = graph_.make(*first.primitive, operands, first.attributes);
    return common ? scaled(group[0].scale, all) : all;
  }

  // The tree's terms added up again, the joined one in place of the group's first.
  void rebuild(ValueId root, const std::vector<Term>& terms, const std::vector<Term>& group,
               ValueId joined) {
    std::optional<ValueId> sum;
    bool placed = false;
    for (const Term& term : terms) {
      const bool grouped =
          std::any_of(group.begin(), group.end(), [&](const Term& t) { return t.id == term.id; });
      if (grouped && placed) continue;
      const ValueId value = grouped ? joined : scaled(term.scale, term.id);
      placed |= grouped;
      const ValueId pair[] = {sum.value_or(value), value};
      sum = sum ? graph_.make(add_primitive(), pair, {}) : value;
    }
    graph_.replace(root, *sum);
  }

  StackGraph& graph_;
  Packer packer_;
  std::vector<std::pair<ValueId, ValueId>> neighbours_;
};

}  // namespace

bool stack_sums(StackGraph& graph) {
  bool changed = false;
  while (Stacker(graph).one()) changed = true;
  return changed;
}

}  // namespace ganflow
