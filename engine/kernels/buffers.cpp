#include "engine/kernels/buffers.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "engine/tensor/memory.h"

namespace ganflow::kernels {
std::vector<Piece> pieces_of(const Leaf& leaf) {
  std::vector<Extent> cuts{0, leaf.elements};
  for (const Use& use : leaf.uses) {
    cuts.push_back(use.lo);
    cuts.push_back(use.hi);
  }
  std::sort(cuts.begin(), cuts.end());
  cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
  std::vector<Piece> pieces;
  for (std::size_t i = 0; i + 1 < cuts.size(); ++i) {
    Piece piece{cuts[i], cuts[i + 1], leaf.defined, leaf.defined, {}};
    for (const Use& use : leaf.uses) {
      if (use.hi <= piece.lo || use.lo >= piece.hi || use.time < piece.last) continue;
      if (use.time > piece.last) piece.final_traversals.clear();
      piece.last = use.time;
      piece.final_traversals.push_back(use.traversal);
    }
    pieces.push_back(std::move(piece));
  }
  return pieces;
}

void Buffers::add(int item) {
  const auto i = static_cast<std::size_t>(item);
  if (at_.size() <= i) {
    at_.resize(i + 1);
    contents_.resize(i + 1);
  }
  if (at_[i].buffer >= 0) return;
  at_[i].buffer = static_cast<int>(members_.size());
  members_.push_back({item});
}

void Buffers::set_leaf(int item, const Leaf& leaf) {
  add(item);
  contents_[item] = {leaf.element_bytes, leaf.elements, leaf.traversal, pieces_of(leaf)};
}

void Buffers::set_place(int item) { add(item); }

bool Buffers::clash(int a, int b, std::ptrdiff_t b_shift) const {
  const Contents &x = contents_[a], &y = contents_[b];
  const std::ptrdiff_t x_at = at_[a].offset, y_at = at_[b].offset + b_shift;
  const auto end = [](std::ptrdiff_t at, Extent element, std::size_t bytes) {
    return at + element * static_cast<std::ptrdiff_t>(bytes);
  };
  for (const Piece& p : x.pieces) {
    const std::ptrdiff_t p_lo = end(x_at, p.lo, x.element_bytes),
                         p_hi = end(x_at, p.hi, x.element_bytes);
    for (const Piece& q : y.pieces) {
      if (p_hi <= end(y_at, q.lo, y.element_bytes) || p_lo >= end(y_at, q.hi, y.element_bytes))
        continue;
      if (p.defined > q.last || q.defined > p.last) continue;
      const auto replaces = [&](const Piece& old, const Contents& next, std::ptrdiff_t old_at,
                                std::ptrdiff_t next_at) {
        return x.element_bytes == y.element_bytes && !old.final_traversals.empty() &&
               std::all_of(old.final_traversals.begin(), old.final_traversals.end(),
                           [&](const Traversal& traversal) {
                             return in_step(traversal, next.traversal, old_at, next_at,
                                            x.element_bytes);
                           });
      };
      if (p.last == q.defined && p.defined < q.defined && replaces(p, y, x_at, y_at)) continue;
      if (q.last == p.defined && q.defined < p.defined && replaces(q, x, y_at, x_at)) continue;
      return true;
    }
  }
  return false;
}

bool Buffers::join(int a, int b, std::ptrdiff_t offset) {
  const At x = at_[a], y = at_[b];
  const std::ptrdiff_t shift = x.offset + offset - y.offset;
  if (x.buffer == y.buffer) return shift == 0;
  if (interference_)
    for (const int p : members_[x.buffer])
      for (const int q : members_[y.buffer])
        if (clash(p, q, shift)) return false;
  for (const int q : members_[y.buffer]) {
    at_[q] = {x.buffer, at_[q].offset + shift};
    members_[x.buffer].push_back(q);
  }
  members_[y.buffer].clear();
  return true;
}

std::size_t Buffers::pack(std::vector<std::size_t>& offsets, std::size_t alignment) const {
  struct Extents {
    std::ptrdiff_t lo = std::numeric_limits<std::ptrdiff_t>::max(),
                   hi = std::numeric_limits<std::ptrdiff_t>::min();
    Time first = std::numeric_limits<Time>::max(), last = std::numeric_limits<Time>::min();
    std::size_t start = 0, bytes = 0;
  };
  std::vector<Extents> buffers(members_.size());
  for (std::size_t b = 0; b < members_.size(); ++b) {
    Extents& e = buffers[b];
    for (const int item : members_[b]) {
      const Contents& c = contents_[item];
      if (!c.element_bytes) continue;
      e.lo = std::min(e.lo, at_[item].offset);
      e.hi = std::max(e.hi,
                      at_[item].offset + c.elements * static_cast<std::ptrdiff_t>(c.element_bytes));
      for (const Piece& piece : c.pieces) {
        e.first = std::min(e.first, piece.defined);
        e.last = std::max(e.last, piece.last);
      }
    }
    if (e.lo < e.hi) e.bytes = round_up(static_cast<std::size_t>(e.hi - e.lo), alignment);
  }
  std::vector<std::size_t> order(buffers.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return buffers[a].bytes > buffers[b].bytes;
  });
  std::size_t total = 0;
  std::vector<std::size_t> placed;
  for (const std::size_t b : order) {
    Extents& e = buffers[b];
    if (!e.bytes) continue;
    std::vector<const Extents*> beside;  // those alive at some common time, by address
    for (const std::size_t p : placed)
      if (buffers[p].first <= e.last && e.first <= buffers[p].last) beside.push_back(&buffers[p]);
    std::sort(beside.begin(), beside.end(),
              [](const Extents* x, const Extents* y) { return x->start < y->start; });
    for (const Extents* other : beside) {
      if (e.start + e.bytes <= other->start) break;
      e.start = std::max(e.start, other->start + other->bytes);
    }
    total = std::max(total, e.start + e.bytes);
    placed.push_back(b);
  }
  offsets.assign(at_.size(), 0);
  for (std::size_t item = 0; item < at_.size(); ++item)
    if (at_[item].buffer >= 0 && buffers[at_[item].buffer].bytes) {
      const Extents& e = buffers[at_[item].buffer];
      offsets[item] = e.start + static_cast<std::size_t>(at_[item].offset - e.lo);
    }
  return total;
}

}  // namespace ganflow::kernels
