#include "engine/program/fuse.h"

#include <algorithm>
#include <array>
#include <bit>
#include <numeric>
#include <tuple>

namespace ganflow {
namespace {

struct Edge {
  ValueId from, to;
  Shape shape;      // of the operand
  Reading reading;  // of `from`
  bool opaque;      // through a place, or into a product or single: never inside a kernel
};

std::vector<Edge> edges_of(const Units& units) {
  std::vector<Edge> edges;
  for (ValueId id = 0; id < units.part.size(); ++id) {
    if (!units.computed(id)) continue;
    const bool whole = units.part[id] == Part::product || units.part[id] == Part::single;
    for (const Operand& operand : units.operands(id)) {
      const Shape& shape = units.shape(operand.value);
      const ValueId base = operand.source.base;
      if (units.computed(base)) {
        edges.push_back({base, id, shape, operand.source.at, whole});
      } else if (units.part[base] == Part::place) {
        const auto [lo, hi] = range_of(shape, operand.source.at);
        units.visit(base, lo, hi, [&](ValueId from, Extent, Extent) {
          if (units.computed(from)) edges.push_back({from, id, shape, {}, true});
        });
      }
    }
  }
  return edges;
}

// A kernel of one node.
FusedKernel kernel_of_node(const Units& units, ValueId id) {
  FusedKernel kernel;
  kernel.members = {{id}};
  kernel.domain = units.shape(id);
  if (units.part[id] == Part::product) kernel.kind = FusedKernel::Kind::product;
  if (units.part[id] == Part::single) kernel.kind = FusedKernel::Kind::single;
  if (units.part[id] == Part::reduction) {
    const Node& node = units.node(id);
    kernel.domain = units.shape(node.inputs[0]);
    const std::uint32_t axes = traits_of(*units.program, node).summed_axes;
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
  Former(const Units& units, const std::vector<Edge>& edges) : units_(units), edges_(edges) {
    kernel_of_.assign(units.part.size(), -1);
    for (ValueId id = 0; id < units.part.size(); ++id)
      if (units.computed(id)) {
        kernel_of_[id] = static_cast<int>(kernels_.size());
        kernels_.push_back(kernel_of_node(units, id));
      }
    depth_ = *measure();
  }

  enum class Kind { epilogue, reduce, plain };

  void merge_all(const std::array<Kind, 3>& order) {
    for (bool again = true; again;) {
      again = false;
      for (const Kind kind : order)
        for (const Edge& edge : edges_) {
          const int a = kernel_of_[edge.from], b = kernel_of_[edge.to];
          if (edge.opaque || a == b || kind_of(a, b) != kind) continue;
          if (merge(a, b)) again = true;
        }
    }
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
    for (const Edge& edge : edges_) {
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

  static bool anchored(const FusedKernel& k) {
    return k.kind == FusedKernel::Kind::product || k.mode != Mode::plain;
  }

  bool merge(int a, int b) {
    FusedKernel &producer = kernels_[a], &consumer = kernels_[b];
    if (producer.kind == FusedKernel::Kind::single || consumer.kind == FusedKernel::Kind::single)
      return false;
    if (consumer.kind == FusedKernel::Kind::product) return false;
    if (producer.kind == FusedKernel::Kind::product && consumer.mode != Mode::plain) return false;
    const std::optional<FusedKernel> merged = combined(producer, consumer);
    if (!merged) return false;
    const std::optional<int> depth = measure(a, b);
    if (!depth || *depth > depth_) return false;
    depth_ = *depth;
    for (const Member& member : consumer.members) kernel_of_[member.id] = a;
    consumer.members.clear();
    producer = *merged;
    return true;
  }

  // The kernel of both, if every edge between them may lie inside one.
  std::optional<FusedKernel> combined(const FusedKernel& a, const FusedKernel& b) const {
    std::vector<const Edge*> between;
    for (const Edge& edge : edges_)
      if (kernel_of_[edge.from] == kernel_of_[a.members[0].id] &&
          kernel_of_[edge.to] == kernel_of_[b.members[0].id]) {
        if (edge.opaque) return std::nullopt;
        between.push_back(&edge);
      }
    const bool host_is_a =
        anchored(a) || (!anchored(b) && a.domain.elements() >= b.domain.elements());
    const FusedKernel &host = host_is_a ? a : b, &guest = host_is_a ? b : a;
    for (const Level level : {Level::element, Level::kept}) {
      std::optional<FusedKernel> merged = joined(host, guest, level, *between.front());
      if (merged && lines_up(*merged, between)) return merged;
    }
    return std::nullopt;
  }

  const Member& member(const FusedKernel& kernel, ValueId id) const {
    return *std::find_if(kernel.members.begin(), kernel.members.end(),
                         [id](const Member& m) { return m.id == id; });
  }

  // Rows of a value on the domain's row size, if it consists of such rows.
  static std::optional<Extent> rows_of(const FusedKernel& kernel, Extent elements) {
    const Extent n = kernel.row_elements();
    if (kernel.domain.rank() == 0 || n == 0)
      return elements == 1 ? std::optional<Extent>(1) : std::nullopt;
    if (elements % n) return std::nullopt;
    return elements / n;
  }

  // Guest's members put into host's frame, at `level`; rows such that `edge` lines up.
  std::optional<FusedKernel> joined(const FusedKernel& host, const FusedKernel& guest, Level level,
                                    const Edge& edge) const {
    FusedKernel merged = host;
    Extent shift = 0;
    if (anchored(guest)) {
      if (level != Level::element || guest.mode != host.mode || guest.split != host.split ||
          !(guest.domain == host.domain))
        return std::nullopt;
      merged.members.insert(merged.members.end(), guest.members.begin(), guest.members.end());
    } else if (level == Level::element) {
      if (guest.domain.rank() && host.domain.rank() && guest.row_elements() != host.row_elements())
        return std::nullopt;
      if (host.mode == Mode::plain) {
        const bool from_host = kernel_of_[edge.from] == kernel_of_[host.members[0].id];
        const Extent n = std::max<Extent>(1, host.row_elements());
        if (edge.reading.offset % n) return std::nullopt;
        const Extent offset = edge.reading.offset / n;
        shift = from_host ? member(host, edge.from).row + offset - member(guest, edge.to).row
                          : member(host, edge.to).row - offset - member(guest, edge.from).row;
      }
      Extent first = 0, end = host.rows();
      for (Member m : guest.members) {
        const auto rows = rows_of(host, units_.shape(m.id).elements());
        if (!rows) return std::nullopt;
        m.row += shift;
        first = std::min(first, m.row);
        end = std::max(end, m.row + *rows);
        merged.members.push_back(m);
      }
      if (first != 0 || end != host.rows()) {
        if (anchored(host) || host.domain.rank() == 0) return std::nullopt;
        for (Member& m : merged.members) m.row -= first;
        merged.domain = host.domain.with_rows(end - first);
      }
      if (host.mode != Mode::plain)
        for (const Member& m : merged.members)
          if (m.level == Level::element &&
              units_.shape(m.id).elements() != merged.domain.elements())
            return std::nullopt;
    } else {
      if (host.mode == Mode::plain) return std::nullopt;
      for (Member m : guest.members) {
        if (units_.shape(m.id).elements() != host.kept()) return std::nullopt;
        m.level = Level::kept;
        m.row = 0;
        merged.members.push_back(m);
      }
    }
    std::sort(merged.members.begin(), merged.members.end(),
              [](const Member& x, const Member& y) { return x.id < y.id; });
    for (const Member& m : merged.members)
      if (units_.part[m.id] != Part::product)
        for (const Operand& operand : units_.operands(m.id))
          if (!in_domain(merged, units_.shape(operand.value), operand.source.at, operand_level(m)))
            return std::nullopt;
    return merged;
  }

  Level operand_level(const Member& m) const {
    return units_.part[m.id] == Part::reduction ? Level::element : m.level;
  }

  bool lines_up(const FusedKernel& kernel, const std::vector<const Edge*>& between) const {
    for (const Edge* edge : between) {
      const Member &p = member(kernel, edge->from), &c = member(kernel, edge->to);
      const Level wanted = operand_level(c);
      if (p.level == Level::element && wanted == Level::kept) return false;
      const auto at = in_domain(kernel, edge->shape, edge->reading, wanted);
      if (!at) return false;
      if (p.level == wanted) {
        if (!is_dense(edge->shape, edge->reading)) return false;
        const Extent n = std::max<Extent>(1, kernel.row_elements());
        if (wanted == Level::kept ? edge->reading.offset != 0
                                  : p.row * n + edge->reading.offset != c.row * n)
          return false;
        if (wanted == Level::kept && edge->shape.elements() != kernel.kept()) return false;
      } else if (!(*at == spread(kernel))) {
        return false;
      }
    }
    return true;
  }

  // How a kept value is read by the elements of the domain.
  static Reading spread(const FusedKernel& kernel) {
    Reading reading;
    if (kernel.mode == Mode::rows) reading.steps[0] = 1;
    if (kernel.mode == Mode::columns) {
      reading = dense_reading(kernel.domain);
      std::fill_n(reading.steps.begin(), kernel.split, 0);
    }
    for (int axis = 0; axis < kernel.domain.rank(); ++axis)
      if (kernel.domain[axis] == 1) reading.steps[static_cast<std::size_t>(axis)] = 0;
    return reading;
  }

  void set_stages(FusedKernel& kernel) const {
    if (kernel.kind == FusedKernel::Kind::single) return;
    std::vector<int> stage(units_.part.size(), -1);
    for (Member& m : kernel.members) {
      if (units_.part[m.id] == Part::product) {
        stage[m.id] = 0;
        continue;
      }
      m.stage = 0;
      for (const Operand& operand : units_.operands(m.id))
        m.stage = std::max(m.stage, stage[operand.source.base]);
      if (units_.part[m.id] == Part::reduction) ++m.stage;
      stage[m.id] = m.stage;
    }
  }

  void find_stores(Fusion& fusion) const {
    std::vector<bool> stored(units_.part.size(), false);
    for (const Edge& edge : edges_)
      if (fusion.kernel_of[edge.from] != fusion.kernel_of[edge.to]) stored[edge.from] = true;
    for (const Output& result : units_.program->results) {
      const Source& source = units_.source[result.value];
      const auto [lo, hi] = range_of(units_.shape(result.value), source.at);
      units_.visit(source.base, lo, hi, [&](ValueId id, Extent, Extent) { stored[id] = true; });
    }
    for (FusedKernel& kernel : fusion.kernels)
      for (const Member& m : kernel.members)
        if (stored[m.id]) kernel.stores.push_back(m.id);
  }

  const Units& units_;
  const std::vector<Edge>& edges_;
  std::vector<FusedKernel> kernels_;  // without members: merged into another one
  std::vector<int> kernel_of_;
  int depth_ = 0;
};

Extent stored_elements(const Units& units, const Fusion& fusion) {
  Extent elements = 0;
  for (const FusedKernel& kernel : fusion.kernels)
    for (const ValueId id : kernel.stores) elements += units.shape(id).elements();
  return elements;
}

}  // namespace

ValueId FusedKernel::product(const Units& units) const {
  return std::find_if(members.begin(), members.end(),
                      [&](const Member& m) { return units.part[m.id] == Part::product; })
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

Fusion form_kernels(const Units& units, bool fuse) {
  using Kind = Former::Kind;
  const std::vector<Edge> edges = edges_of(units);
  if (!fuse) return Former(units, edges).result();
  // No order is best for every program; these are cheap to try.
  std::optional<Fusion> best;
  constexpr std::array<std::array<Kind, 3>, 4> kOrders{
      {{Kind::epilogue, Kind::reduce, Kind::plain},
       {Kind::reduce, Kind::epilogue, Kind::plain},
       {Kind::plain, Kind::epilogue, Kind::reduce},
       {Kind::plain, Kind::reduce, Kind::epilogue}}};
  for (const auto& order : kOrders) {
    Former former(units, edges);
    former.merge_all(order);
    Fusion fusion = former.result();
    const auto cost = [&](const Fusion& f) {
      return std::tuple(f.depth, f.kernels.size(), stored_elements(units, f));
    };
    if (!best || cost(fusion) < cost(*best)) best = std::move(fusion);
  }
  return *best;
}

}  // namespace ganflow
