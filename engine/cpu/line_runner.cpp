#include "engine/cpu/line_runner.h"

#include <algorithm>
#include <cstddef>

#include "engine/cpu/isa.h"
#include "engine/cpu/line_code.h"
#include "engine/cpu/tile_memory.h"

namespace ganflow::cpu {
namespace {

constexpr Extent kReal = sizeof(float), kLanes = 16;

Extent bytes_of(DType type) {
  return type == DType::real   ? kReal
         : type == DType::mask ? Extent{sizeof(std::uint8_t)}
                               : Extent{sizeof(std::int32_t)};
}

// What lies around the code; compiled for every instruction set.
struct AroundLine {
  using Elements = TapeElements<float>;
  using To = Access::To;

  const TapeState<float>& s;
  const BoundLine& line;
  const Rectangle& r;

  struct Begin {
    std::byte* at;
    Extent step;  // bytes
  };
  static Begin begin(const float* at, Extent step) {
    return {reinterpret_cast<std::byte*>(const_cast<float*>(at)), step * kReal};
  }

  float* buffer(const Access& a) const { return s.buffers + a.buffer * kTile<float>; }
  float* sums(const Access& a) const { return s.kept + a.index * s.blocks->kept; }
  const Stream& stream(const Access& a) const {
    return s.tape->streams[static_cast<std::size_t>(a.index)];
  }

  const float* memory(const Stream& in) const {
    return reinterpret_cast<const float*>(s.frame->at(in.place)) + in.offset + r.left * in.inner +
           outer_offset(*s.tape, in, r.first);
  }

  Begin place(const Access& a) const {
    if (a.buffer >= 0) return begin(a.written ? emptied(a) : filled(a), row_of(a));
    switch (a.to) {
      case To::stream: {
        const Stream& in = stream(a);
        const Extent size = bytes_of(in.type);
        const Extent at = in.offset + r.left * in.inner + outer_offset(*s.tape, in, r.first);
        return {s.frame->at(in.place) + at * size, in.outer.empty() ? 0 : in.outer.back() * size};
      }
      case To::number:
        return begin(s.at[a.index], 0);
      case To::root:
        return begin(static_cast<const float*>(s.tile->data) +
                         (r.first - s.tile->row) * s.tile->stride + r.left - s.tile->column,
                     s.tile->stride);
      case To::saved:
        return begin(Elements::saved(s, a.index, r.first, r), s.blocks->inner);
      case To::kept:
        break;
    }
    const float* kept = a.written ? sums(a) : s.kept_at[a.index];
    if (s.tape->mode == Mode::columns)
      return begin(kept + Elements::kept_column(s, r.first) + r.left, 0);
    if (s.tape->mode == Mode::all) return begin(kept, 0);
    const Extent per = per_kept_row(*s.tape);
    return begin(kept + r.first / per - s.outer_first / per, 1);
  }

  Extent row_of(const Access& a) const {
    if (a.as != Access::As::lanes) return r.columns();
    return s.tape->mode == Mode::rows ? kLanes : 0;
  }

  const float* filled(const Access& a) const {
    float* own = buffer(a);
    switch (a.to) {
      case To::stream:
        return load(*s.tape, stream(a), s.frame->at(stream(a).place), own, r);
      case To::root:
        return Elements::root(*s.tile, own, r);
      case To::kept:
        Elements::spread(s, own, s.kept_at[a.index], r);
        break;
      case To::saved:
        for (Extent row = r.first; row < r.end; ++row)
          std::copy_n(Elements::saved(s, a.index, row, r), r.columns(),
                      own + (row - r.first) * r.columns());
        break;
      case To::number:
        break;
    }
    return own;
  }

  // Written where it belongs, if it lies there as in a buffer.
  bool direct(const Access& a) const {
    return a.to == To::stream && stream(a).type == DType::real && contiguous(stream(a), r);
  }

  const float* emptied(const Access& a) const {
    if (direct(a)) return memory(stream(a));
    if (a.as == Access::As::lanes) std::fill_n(buffer(a), r.rows() * kLanes, 0.0f);
    return buffer(a);
  }

  void fetch(const Access& a) const {
    if (direct(a)) return;
    const float* own = buffer(a);
    if (a.to == To::stream) {
      store(*s.tape, stream(a), s.frame->at(stream(a).place), own, r);
    } else if (a.to == To::saved) {
      for (Extent row = r.first; row < r.end; ++row)
        std::copy_n(own + (row - r.first) * r.columns(), r.columns(),
                    Elements::saved(s, a.index, row, r));
    } else if (a.as != Access::As::lanes) {
      Elements::add_up(s, sums(a), own, r);
    } else if (s.tape->mode == Mode::all) {
      *sums(a) += Elements::total(own, kLanes);
    } else {
      const Extent per = per_kept_row(*s.tape), first = s.outer_first / per;
      for (Extent row = r.first; row < r.end; ++row)
        sums(a)[row / per - first] += Elements::total(own + (row - r.first) * kLanes, kLanes);
    }
  }

  static void run(const TapeState<float>* s, const BoundLine* line, const Rectangle* r) {
    const AroundLine self{*s, *line, *r};
    const LinePlan& plan = line->plan;
    LineRun run;
    run.rows = plan.packed ? 1 : r->rows();
    run.columns = plan.packed ? r->elements() : r->columns();
    for (std::size_t i = 0; i < plan.accesses.size(); ++i) {
      const Begin begin = self.place(plan.accesses[i]);
      run.at[i] = begin.at;
      run.step[i] = begin.step;
    }
    line->code->run(run);
    if (!plan.buffers) return;
    for (const Effect& effect : plan.effects) {
      const Access& a = plan.accesses[static_cast<std::size_t>(effect.access)];
      if (a.buffer >= 0) self.fetch(a);
    }
  }
};

}  // namespace

void run_line(const TapeState<float>& s, const BoundLine& line, const Rectangle& r) {
  static const auto run = best_isa<AroundLine>();
  if (line.even || line.plan.packed || r.rows() == 1) return run(&s, &line, &r);
  for (Extent row = r.first; row < r.end; ++row) {
    const Rectangle one{row, row + 1, r.left, r.right};
    run(&s, &line, &one);
  }
}

}  // namespace ganflow::cpu
