#include "engine/kernels/buffers.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "engine/tensor/memory.h"

namespace ganflow::kernels {

std::vector<Piece> pieces_of(const Leaf& leaf, const Order& order) {
  std::vector<Extent> cuts{0, leaf.elements};
  for (const Use& use : leaf.uses) {
    cuts.push_back(use.lo);
    cuts.push_back(use.hi);
  }
  std::sort(cuts.begin(), cuts.end());
  cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
  std::vector<Piece> pieces;
  for (std::size_t i = 0; i + 1 < cuts.size(); ++i) {
    Piece piece{cuts[i], cuts[i + 1], leaf.defined, {}};
    for (const Use& use : leaf.uses) {
      if (use.hi <= piece.lo || use.lo >= piece.hi || use.time < piece.defined) continue;
      const auto earlier = [&](const Use& other) { return order.before(other.time, use.time); };
      const auto later = [&](const Use& other) { return order.before(use.time, other.time); };
      if (std::any_of(piece.last.begin(), piece.last.end(), later)) continue;
      std::erase_if(piece.last, earlier);
      piece.last.push_back(use);
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
  contents_[item] = {leaf.element_bytes, leaf.elements, leaf.traversal, pieces_of(leaf, order_)};
}

void Buffers::set_place(int item) { add(item); }

bool Buffers::clash(int a, int b, std::ptrdiff_t b_shift) const {
  const Contents &x = contents_[a], &y = contents_[b];
  const std::ptrdiff_t x_at = at_[a].offset, y_at = at_[b].offset + b_shift;
  const auto end = [](std::ptrdiff_t at, Extent element, std::size_t bytes) {
    return at + element * static_cast<std::ptrdiff_t>(bytes);
  };
  // `old` is used up when `next`, written at once, comes: each lies at its address.
  const auto done_before = [&](const Piece& old, Time written, const Contents& next,
                               std::ptrdiff_t old_at, std::ptrdiff_t next_at) {
    return order_.before(old.defined, written) &&
           std::all_of(old.last.begin(), old.last.end(), [&](const Use& use) {
             return order_.before(use.time, written) ||
                    (use.time == written && x.element_bytes == y.element_bytes &&
                     in_step(use.traversal, next.traversal, old_at, next_at, x.element_bytes));
           });
  };
  for (const Piece& p : x.pieces) {
    const std::ptrdiff_t p_lo = end(x_at, p.lo, x.element_bytes),
                         p_hi = end(x_at, p.hi, x.element_bytes);
    for (const Piece& q : y.pieces) {
      if (p_hi <= end(y_at, q.lo, y.element_bytes) || p_lo >= end(y_at, q.hi, y.element_bytes))
        continue;
      if (done_before(p, q.defined, y, x_at, y_at) || done_before(q, p.defined, x, y_at, x_at))
        continue;
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
    std::vector<Time> first, last;  // what is written before all else, used behind all else
    std::size_t start = 0, bytes = 0;
  };
  // Adds a time to those of which none is ahead of another.
  const auto keep = [](std::vector<Time>& times, Time time, auto ahead) {
    if (std::any_of(times.begin(), times.end(),
                    [&](Time t) { return t == time || ahead(t, time); }))
      return;
    std::erase_if(times, [&](Time t) { return ahead(time, t); });
    times.push_back(time);
  };
  const auto before = [this](Time a, Time b) { return order_.before(a, b); };
  const auto behind = [this](Time a, Time b) { return order_.before(b, a); };
  const auto done_before = [this](const Extents& a, const Extents& b) {
    for (const Time last : a.last)
      for (const Time first : b.first)
        if (!order_.before(last, first)) return false;
    return true;
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
        keep(e.first, piece.defined, before);
        keep(e.last, piece.defined, behind);
        for (const Use& use : piece.last) keep(e.last, use.time, behind);
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
    std::vector<const Extents*> beside;  // those that may be alive at the same time, by address
    for (const std::size_t p : placed)
      if (!done_before(buffers[p], e) && !done_before(e, buffers[p])) beside.push_back(&buffers[p]);
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
