#include "engine/kernels/group_join.h"

#include <algorithm>

namespace ganflow::kernels {
namespace {

class Joiner {
 public:
  explicit Joiner(const Classified& classified) : classified_(classified) {}

  // The kernel of both, of which each works on one number.
  std::optional<FusedKernel> beside(const FusedKernel& a, const FusedKernel& b) const {
    FusedKernel merged = a;
    merged.members.insert(merged.members.end(), b.members.begin(), b.members.end());
    return in_order(std::move(merged));
  }

  // The kernel of both, if every edge between them may lie inside one. One is the host, whose
  // domain counts, the other's members are put on rows of it or beside its kept values.
  //   a   %5 = matmul (64,128), a product: host       b   %6 = tanh(rows 32:64 of %5): guest
  //   edge %5 -> %6: shape (32,128), reading offset 4096, steps (128,1)
  //   out  the product with domain (64,128) and members %5 at row 0, %6 at row 4096 / 128 = 32
  // Were a the sum %7 over the columns of a (64,128) and b = 2 %7 of shape (64), then b would have
  // no place among the elements and join as a kept value; through a permutation nothing joins.
  std::optional<FusedKernel> combined(const FusedKernel& a, const FusedKernel& b,
                                      const std::vector<const KernelEdge*>& between) const {
    for (const KernelEdge* edge : between)
      if (edge->opaque) return std::nullopt;
    const bool host_is_a =
        anchored(a) || (!anchored(b) && a.domain.elements() >= b.domain.elements());
    const FusedKernel &host = host_is_a ? a : b, &guest = host_is_a ? b : a;
    for (const Level level : {Level::element, Level::kept}) {
      std::optional<FusedKernel> merged = joined(host, guest, level, *between.front());
      if (merged && lines_up(*merged, between)) return merged;
    }
    // Of two shapes of the same elements one may express what the other cannot.
    if (!anchored(host) && !anchored(guest) && same_elements(guest, host)) {
      std::optional<FusedKernel> merged = joined(guest, host, Level::element, *between.front());
      if (merged && lines_up(*merged, between)) return merged;
    }
    return std::nullopt;
  }

 private:
  static bool anchored(const FusedKernel& k) {
    return k.kind == FusedKernel::Kind::product || k.mode != Mode::plain;
  }
  static bool contains(const FusedKernel& kernel, ValueId id) {
    return std::any_of(kernel.members.begin(), kernel.members.end(),
                       [id](const Member& m) { return m.id == id; });
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

  // Every member of the guest is the host's domain in another shape.
  bool same_elements(const FusedKernel& host, const FusedKernel& guest) const {
    return std::all_of(guest.members.begin(), guest.members.end(), [&](const Member& m) {
      return classified_.shape(m.id).elements() == host.domain.elements();
    });
  }

  // Guest's members put into host's frame, at `level`; rows such that `edge` lines up.
  std::optional<FusedKernel> joined(const FusedKernel& host, const FusedKernel& guest, Level level,
                                    const KernelEdge& edge) const {
    FusedKernel merged = host;
    Extent shift = 0;
    if (anchored(guest)) {
      if (level != Level::element || guest.mode != host.mode || guest.split != host.split ||
          !(guest.domain == host.domain))
        return std::nullopt;
      merged.members.insert(merged.members.end(), guest.members.begin(), guest.members.end());
    } else if (level == Level::element) {
      const bool same_rows = !guest.domain.rank() || !host.domain.rank() ||
                             guest.row_elements() == host.row_elements();
      if (!same_rows && !same_elements(host, guest)) return std::nullopt;
      if (host.mode == Mode::plain && same_rows) {
        const bool from_host = contains(host, edge.from);
        const Extent n = std::max<Extent>(1, host.row_elements());
        if (edge.reading.offset % n) return std::nullopt;
        const Extent offset = edge.reading.offset / n;
        shift = from_host ? member(host, edge.from).row + offset - member(guest, edge.to).row
                          : member(host, edge.to).row - offset - member(guest, edge.from).row;
      }
      Extent first = 0, end = host.rows();
      for (Member m : guest.members) {
        const auto rows = rows_of(host, classified_.shape(m.id).elements());
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
              classified_.shape(m.id).elements() != merged.domain.elements())
            return std::nullopt;
    } else {
      if (host.mode == Mode::plain) return std::nullopt;
      for (Member m : guest.members) {
        if (classified_.shape(m.id).elements() != host.kept()) return std::nullopt;
        m.level = Level::kept;
        m.row = 0;
        merged.members.push_back(m);
      }
    }
    return in_order(std::move(merged));
  }

  // With its members in program order, if the domain can express what they read.
  std::optional<FusedKernel> in_order(FusedKernel merged) const {
    std::sort(merged.members.begin(), merged.members.end(),
              [](const Member& x, const Member& y) { return x.id < y.id; });
    for (const Member& m : merged.members)
      if (classified_.part[m.id] != Part::product)
        for (const Operand& operand : classified_.operands(m.id))
          if (!in_domain(merged, classified_.shape(operand.value), operand.source.at,
                         operand_level(m)))
            return std::nullopt;
    return merged;
  }

  Level operand_level(const Member& m) const {
    return classified_.part[m.id] == Part::reduction ? Level::element : m.level;
  }

  bool lines_up(const FusedKernel& kernel, const std::vector<const KernelEdge*>& between) const {
    for (const KernelEdge* edge : between) {
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

  const Classified& classified_;
};

}  // namespace

std::vector<KernelEdge> kernel_edges(const Classified& classified) {
  std::vector<KernelEdge> edges;
  for (ValueId id = 0; id < classified.part.size(); ++id) {
    if (!classified.computed(id)) continue;
    const bool whole = classified.part[id] == Part::product || classified.part[id] == Part::single;
    for (const Operand& operand : classified.operands(id)) {
      const Shape& shape = classified.shape(operand.value);
      const ValueId base = operand.source.base;
      if (classified.computed(base)) {
        edges.push_back({base, id, shape, operand.source.at, whole});
      } else if (classified.part[base] == Part::place) {
        const auto [lo, hi] = range_of(shape, operand.source.at);
        classified.visit(base, lo, hi, [&](ValueId from, Extent, Extent) {
          if (classified.computed(from)) edges.push_back({from, id, shape, {}, true});
        });
      }
    }
  }
  return edges;
}

std::optional<FusedKernel> join_kernels(const Classified& classified, const FusedKernel& a,
                                        const FusedKernel& b,
                                        const std::vector<const KernelEdge*>& between) {
  return Joiner(classified).combined(a, b, between);
}

std::optional<FusedKernel> join_numbers(const Classified& classified, const FusedKernel& a,
                                        const FusedKernel& b) {
  return Joiner(classified).beside(a, b);
}

}  // namespace ganflow::kernels
