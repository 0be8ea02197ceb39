#include "engine/kernels/group.h"

#include <algorithm>
#include <array>
#include <bit>
#include <numeric>
#include <tuple>

#include "engine/kernels/group_join.h"

namespace ganflow::kernels {
namespace {

// A kernel of one node.
FusedKernel kernel_of_node(const Classified& classified, ValueId id) {
  FusedKernel kernel;
  kernel.members = {{id}};
  kernel.domain = classified.shape(id);
  if (classified.part[id] == Part::product) kernel.kind = FusedKernel::Kind::product;
  if (classified.part[id] == Part::single) kernel.kind = FusedKernel::Kind::single;
  if (classified.part[id] == Part::reduction) {
    const Node& node = classified.node(id);
    kernel.domain = classified.shape(node.inputs[0]);
    const std::uint32_t axes = traits_of(*classified.program, node).summed_axes;
    const bool leading = (axes & (axes + 1)) == 0;
    kernel.split = leading ? std::popcount(axes) : 0;
    kernel.mode = !leading                               ? Mode::rows
                  : kernel.split == kernel.domain.rank() ? Mode::all
                                                         : Mode::columns;
    kernel.members[0].level = Level::kept;
    kernel.members[0].stage = 1;
  }
  return kernel;
}

class Former {
 public:
  Former(const Classified& classified, const std::vector<KernelEdge>& edges)
      : classified_(classified), edges_(edges) {
    kernel_of_.assign(classified.part.size(), -1);
    for (ValueId id = 0; id < classified.part.size(); ++id)
      if (classified.computed(id)) {
        kernel_of_[id] = static_cast<int>(kernels_.size());
        kernels_.push_back(kernel_of_node(classified, id));
      }
    depth_ = *measure();
  }

  enum class Kind { epilogue, reduce, plain };

  void merge_all(const std::array<Kind, 3>& order) {
    for (bool again = true; again;) {
      again = false;
      for (const Kind kind : order)
        for (const KernelEdge& edge : edges_) {
          const int a = kernel_of_[edge.from], b = kernel_of_[edge.to];
          if (edge.opaque || a == b || kind_of(a, b) != kind) continue;
          if (merge(a, b)) again = true;
        }
    }
  }

  // Kernels of one number, a decay per parameter say: one for all that need not wait for another.
  void merge_numbers() {
    const auto number = [&](std::size_t k) {
      return !kernels_[k].members.empty() && kernels_[k].kind == FusedKernel::Kind::tape &&
             kernels_[k].mode == Mode::plain && kernels_[k].domain.elements() == 1;
    };
    for (std::size_t a = 0; a < kernels_.size(); ++a)
      for (std::size_t b = a + 1; b < kernels_.size(); ++b)
        if (number(a) && number(b))
          adopt(join_numbers(classified_, kernels_[a], kernels_[b]), static_cast<int>(a),
                static_cast<int>(b));
  }

  Fusion result() {
    Fusion fusion;
    fusion.depth = depth_;
    const std::vector<int> level = levels(-1, -1);
    for (std::size_t k = 0; k < kernels_.size(); ++k) kernels_[k].level = level[k];
    for (const int k : order()) {
      if (kernels_[k].members.empty()) continue;
      set_stages(kernels_[k]);
      fusion.kernels.push_back(kernels_[k]);
    }
    fusion.kernel_of.assign(kernel_of_.size(), -1);
    for (std::size_t k = 0; k < fusion.kernels.size(); ++k)
      for (const Member& member : fusion.kernels[k].members)
        fusion.kernel_of[member.id] = static_cast<int>(k);
    find_stores(fusion);
    return fusion;
  }

 private:
  Kind kind_of(int a, int b) const {
    const auto is = [&](int k, auto f) { return f(kernels_[k]); };
    const auto product = [](const FusedKernel& k) { return k.kind == FusedKernel::Kind::product; };
    const auto reduces = [](const FusedKernel& k) { return k.mode != Mode::plain; };
    if (is(a, product) || is(b, product)) return Kind::epilogue;
    return is(a, reduces) || is(b, reduces) ? Kind::reduce : Kind::plain;
  }

  // Levels of all kernels with kernel b counted as part of a; empty if that closes a cycle.
  std::vector<int> levels(int a, int b) const {
    const auto same = [&](int k) { return k == b ? a : k; };
    std::vector<std::vector<int>> users(kernels_.size());
    std::vector<int> waiting(kernels_.size(), 0), level(kernels_.size(), 1), ready;
    for (const KernelEdge& edge : edges_) {
      const int from = same(kernel_of_[edge.from]), to = same(kernel_of_[edge.to]);
      if (from == to) continue;
      users[from].push_back(to);
      ++waiting[to];
    }
    std::size_t seen = 0;
    for (std::size_t k = 0; k < kernels_.size(); ++k)
      if (!waiting[k]) ready.push_back(static_cast<int>(k));
    while (!ready.empty()) {
      const int k = ready.back();
      ready.pop_back();
      ++seen;
      for (const int user : users[k]) {
        level[user] = std::max(level[user], level[k] + 1);
        if (--waiting[user] == 0) ready.push_back(user);
      }
    }
    if (seen != kernels_.size()) level.clear();
    return level;
  }

  std::optional<int> measure(int a = -1, int b = -1) const {
    const std::vector<int> level = levels(a, b);
    if (level.empty() && !kernels_.empty()) return std::nullopt;
    int depth = 0;
    for (std::size_t k = 0; k < kernels_.size(); ++k)
      if (!kernels_[k].members.empty() && static_cast<int>(k) != b)
        depth = std::max(depth, level[k]);
    return depth;
  }

  // A valid order that stays close to the program's.
  std::vector<int> order() const {
    std::vector<int> order(kernels_.size());
    std::iota(order.begin(), order.end(), 0);
    const auto last = [&](int k) {
      return kernels_[k].members.empty() ? 0 : kernels_[k].members[0].id;
    };
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
      return std::pair(kernels_[a].level, last(a)) < std::pair(kernels_[b].level, last(b));
    });
    return order;
  }

  bool merge(int a, int b) {
    FusedKernel &producer = kernels_[a], &consumer = kernels_[b];
    if (producer.kind == FusedKernel::Kind::single || consumer.kind == FusedKernel::Kind::single)
      return false;
    const bool first = producer.kind == FusedKernel::Kind::product,
               second = consumer.kind == FusedKernel::Kind::product;
    if ((first && (second || consumer.mode != Mode::plain)) ||
        (second && producer.mode != Mode::plain))
      return false;
    if ((first && !takes_epilogue(producer)) || (second && !takes_epilogue(consumer))) return false;
    std::vector<const KernelEdge*> between;
    for (const KernelEdge& edge : edges_)
      if (kernel_of_[edge.from] == a && kernel_of_[edge.to] == b) between.push_back(&edge);
    return adopt(join_kernels(classified_, producer, consumer, between), a, b);
  }

  bool takes_epilogue(const FusedKernel& kernel) const {
    const Node& node = classified_.node(kernel.product(classified_));
    const auto types = input_types(*classified_.program, node);
    return classified_.target.takes_epilogue(*node.primitive, types, node.attributes);
  }

  // Kernel b becomes part of a, if that is possible and the longest chain does not grow.
  bool adopt(const std::optional<FusedKernel>& merged, int a, int b) {
    if (!merged) return false;
    const std::optional<int> depth = measure(a, b);
    if (!depth || *depth > depth_) return false;
    depth_ = *depth;
    for (const Member& member : kernels_[b].members) kernel_of_[member.id] = a;
    kernels_[b].members.clear();
    kernels_[a] = *merged;
    return true;
  }

  void set_stages(FusedKernel& kernel) const {
    if (kernel.kind == FusedKernel::Kind::single) return;
    std::vector<int> stage(classified_.part.size(), -1);
    for (Member& m : kernel.members) {
      if (classified_.part[m.id] == Part::product) {
        stage[m.id] = 0;
        continue;
      }
      m.stage = 0;
      for (const Operand& operand : classified_.operands(m.id))
        m.stage = std::max(m.stage, stage[operand.source.base]);
      if (classified_.part[m.id] == Part::reduction) ++m.stage;
      stage[m.id] = m.stage;
    }
  }

  void find_stores(Fusion& fusion) const {
    std::vector<bool> stored(classified_.part.size(), false);
    for (const KernelEdge& edge : edges_)
      if (fusion.kernel_of[edge.from] != fusion.kernel_of[edge.to]) stored[edge.from] = true;
    for (const Output& result : classified_.program->results) {
      const StoredView& source = classified_.source[result.value];
      const auto [lo, hi] = range_of(classified_.shape(result.value), source.at);
      classified_.visit(source.base, lo, hi,
                        [&](ValueId id, Extent, Extent) { stored[id] = true; });
    }
    for (FusedKernel& kernel : fusion.kernels)
      for (const Member& m : kernel.members)
        if (stored[m.id]) kernel.stores.push_back(m.id);
  }

  const Classified& classified_;
  const std::vector<KernelEdge>& edges_;
  std::vector<FusedKernel> kernels_;  // without members: merged into another one
  std::vector<int> kernel_of_;
  int depth_ = 0;
};

Extent stored_elements(const Classified& classified, const Fusion& fusion) {
  Extent elements = 0;
  for (const FusedKernel& kernel : fusion.kernels)
    for (const ValueId id : kernel.stores) elements += classified.shape(id).elements();
  return elements;
}

}  // namespace

ValueId FusedKernel::product(const Classified& classified) const {
  return std::find_if(members.begin(), members.end(),
                      [&](const Member& m) { return classified.part[m.id] == Part::product; })
      ->id;
}

Extent FusedKernel::kept() const {
  switch (mode) {
    case Mode::plain:
      break;
    case Mode::rows:
      return domain.rows();
    case Mode::columns: {
      Extent n = 1;
      for (int axis = split; axis < domain.rank(); ++axis) n *= domain[axis];
      return n;
    }
    case Mode::all:
      return 1;
  }
  return 0;
}

std::optional<Reading> in_domain(const FusedKernel& kernel, const Shape& shape,
                                 const Reading& reading, Level level) {
  if (level == Level::kept) return reshaped(shape, reading, {kernel.kept()});
  Shape to = kernel.domain;
  if (to.rank() && to.row_elements() > 0) to[0] = shape.elements() / to.row_elements();
  auto at = reshaped(shape, reading, to);
  if (at)
    for (int axis = 0; axis < to.rank(); ++axis)
      if (to[axis] == 1) at->steps[static_cast<std::size_t>(axis)] = 0;
  return at;
}

Fusion form_kernels(const Classified& classified, bool fuse) {
  using Kind = Former::Kind;
  const std::vector<KernelEdge> edges = kernel_edges(classified);
  if (!fuse) return Former(classified, edges).result();
  // No order is best for every program; these are cheap to try.
  std::optional<Fusion> best;
  constexpr std::array<std::array<Kind, 3>, 4> kOrders{
      {{Kind::epilogue, Kind::reduce, Kind::plain},
       {Kind::reduce, Kind::epilogue, Kind::plain},
       {Kind::plain, Kind::epilogue, Kind::reduce},
       {Kind::plain, Kind::reduce, Kind::epilogue}}};
  for (const auto& order : kOrders) {
    Former former(classified, edges);
    former.merge_all(order);
    former.merge_numbers();
    Fusion fusion = former.result();
    const auto cost = [&](const Fusion& f) {
      return std::tuple(f.depth, f.kernels.size(), stored_elements(classified, f));
    };
    if (!best || cost(fusion) < cost(*best)) best = std::move(fusion);
  }
  return *best;
}

}  // namespace ganflow::kernels
