#include "engine/cpu/tape_runner.h"

#include <algorithm>

#include "engine/cpu/isa.h"
#include "engine/cpu/tile_memory.h"
#include "engine/tensor/memory.h"

namespace ganflow::cpu {
namespace {

// What a run works on; lives on the stack.
template <class T>
struct State {
  const Tape* tape;
  const Blocks* blocks;
  const ElementwiseLoop* loops;
  const Frame* frame;
  T* registers;            // own storage, kTile elements each
  const T** at;            // where the contents of each register are
  T* kept;                 // kept values of the block, blocks->kept elements each
  const T** kept_at;       // where they are
  T* saved;                // tensors of the block
  Extent outer_first = 0;  // the block's corner
  Extent inner_first = 0;
  const Tile* tile = nullptr;
};

template <class T>
constexpr Extent kTile = kTileBytes / sizeof(T);

// rows: outer rows that one kept value covers
Extent per_kept_row(const Tape& tape) {
  return tape.kept ? std::max<Extent>(1, tape.outer_count / tape.kept) : 1;
}

// The operations on one rectangle of at most kTile elements: what is compiled for every instruction
// set.
template <class T>
struct Ops {
  // In a fixed order that does not depend on the instruction set.
  static T total(const T* x, Extent n) {
    constexpr Extent kLanes = 16;
    T lanes[kLanes] = {};
    Extent i = 0;
    for (; i + kLanes <= n; i += kLanes)
      for (Extent lane = 0; lane < kLanes; ++lane) lanes[lane] += x[i + lane];
    for (Extent lane = 0; i < n; ++i, ++lane) lanes[lane] += x[i];
    for (Extent half = kLanes / 2; half > 0; half /= 2)
      for (Extent lane = 0; lane < half; ++lane) lanes[lane] += lanes[lane + half];
    return lanes[0];
  }

  // columns: the kept element of (row, 0), relative to the block.
  static Extent kept_column(const State<T>& s, Extent row) {
    const Tape& tape = *s.tape;
    if (tape.inner == tape.kept) return -s.inner_first;
    return row % (tape.kept / tape.inner) * tape.inner;
  }

  static void add_up(const State<T>& s, T* sums, const T* x, const Rectangle& r) {
    const Extent n = r.columns();
    switch (s.tape->mode) {
      case Mode::rows: {
        const Extent per = per_kept_row(*s.tape), first = s.outer_first / per;
        for (Extent row = r.first; row < r.end; ++row)
          sums[row / per - first] += total(x + (row - r.first) * n, n);
        break;
      }
      case Mode::columns:
        for (Extent row = r.first; row < r.end; ++row) {
          T* y = sums + kept_column(s, row) + r.left;
          const T* from = x + (row - r.first) * n;
#pragma GCC ivdep
          for (Extent i = 0; i < n; ++i) y[i] += from[i];
        }
        break;
      case Mode::all:
        *sums += total(x, r.elements());
        break;
      case Mode::plain:
        break;
    }
  }

  static void spread(const State<T>& s, T* to, const T* from, const Rectangle& r) {
    const Extent n = r.columns();
    switch (s.tape->mode) {
      case Mode::rows: {
        const Extent per = per_kept_row(*s.tape), first = s.outer_first / per;
        for (Extent row = r.first; row < r.end; ++row)
          std::fill_n(to + (row - r.first) * n, n, from[row / per - first]);
        break;
      }
      case Mode::columns:
        for (Extent row = r.first; row < r.end; ++row)
          std::copy_n(from + kept_column(s, row) + r.left, n, to + (row - r.first) * n);
        break;
      case Mode::all:
        std::fill_n(to, r.elements(), *from);
        break;
      case Mode::plain:
        break;
    }
  }

  static const T* root(const Tile& tile, T* own, const Rectangle& r) {
    const T* from = static_cast<const T*>(tile.data) + (r.first - tile.row) * tile.stride + r.left -
                    tile.column;
    if (r.rows() == 1 || tile.stride == r.columns()) return from;
    for (Extent row = 0; row < r.rows(); ++row)
      std::copy_n(from + row * tile.stride, r.columns(), own + row * r.columns());
    return own;
  }

  static void run(const State<T>* state, const std::vector<Op>* ops,
                  const std::vector<Stream>* all_streams, const Rectangle* rectangle, bool kept) {
    const State<T>& s = *state;
    const std::vector<Stream>& streams = *all_streams;
    const Rectangle& r = *rectangle;
    const Tape& tape = *s.tape;
    const T** at = kept ? s.kept_at : s.at;
    const auto own = [&](int i) {
      return kept ? s.kept + i * s.blocks->kept : s.registers + i * kTile<T>;
    };
    const auto saved = [&](int index, Extent row) {
      return s.saved + (index * s.blocks->outer + row - s.outer_first) * s.blocks->inner + r.left -
             s.inner_first;
    };
    for (const Op& op : *ops) {
      switch (op.what) {
        case Do::load: {
          const Stream& stream = streams[op.index];
          at[op.target] = load(tape, stream, s.frame->at(stream.place), own(op.target), r);
          break;
        }
        case Do::root:
          at[op.target] = root(*s.tile, own(op.target), r);
          break;
        case Do::spread:
          spread(s, own(op.target), s.kept_at[op.index], r);
          at[op.target] = own(op.target);
          break;
        case Do::restore:
          for (Extent row = r.first; row < r.end; ++row)
            std::copy_n(saved(op.index, row), r.columns(),
                        own(op.target) + (row - r.first) * r.columns());
          at[op.target] = own(op.target);
          break;
        case Do::compute: {
          T* y = own(op.target);
          if (op.index >= 0 && contiguous(streams[op.index], r)) {
            const Stream& stream = streams[op.index];
            y = reinterpret_cast<T*>(s.frame->at(stream.place)) + stream.offset +
                r.left * stream.inner + outer_offset(tape, stream, r.first);
          }
          const T* x[kMostOperands];
          const T** next = x;
          for (const int source : op.sources) *next++ = at[source];
          const ElementwiseLoop& loop = s.loops[op.formula];
          const Attributes& attributes = tape.formulas[op.formula].attributes;
          if constexpr (sizeof(T) == 8)
            loop.f64(y, x, attributes, static_cast<std::size_t>(r.elements()));
          else
            loop.f32(y, x, attributes, static_cast<std::size_t>(r.elements()));
          at[op.target] = y;
          break;
        }
        case Do::add_up:
          add_up(s, s.kept + op.index * s.blocks->kept, at[op.sources[0]], r);
          break;
        case Do::save:
          for (Extent row = r.first; row < r.end; ++row)
            std::copy_n(at[op.sources[0]] + (row - r.first) * r.columns(), r.columns(),
                        saved(op.index, row));
          break;
        case Do::store: {
          const Stream& stream = streams[op.index];
          store(tape, stream, s.frame->at(stream.place), at[op.sources[0]], r);
          break;
        }
      }
    }
  }
};

template <class T>
void run_ops(const State<T>& s, const std::vector<Op>& ops, const std::vector<Stream>& streams,
             const Rectangle& r, bool kept) {
  static const auto run = best_isa<Ops<T>>();
  run(&s, &ops, &streams, &r, kept);
}

// The rectangle in pieces of at most kTile elements.
template <class T>
void run_rectangle(const State<T>& s, const Segment& segment, const Rectangle& all) {
  const Extent first = std::max(all.first, segment.first), end = std::min(all.end, segment.end);
  const Extent columns = std::min(kTile<T>, all.columns());
  if (columns == 0) return;
  const Extent rows = columns < all.columns() ? 1 : std::max<Extent>(1, kTile<T> / columns);
  for (Extent row = first; row < end; row += rows)
    for (Extent left = all.left; left < all.right; left += columns)
      run_ops(s, segment.ops, s.tape->streams,
              {row, std::min(end, row + rows), left, std::min(all.right, left + columns)}, false);
}

template <class T>
State<T> state_of(const BoundTape& bound, const Frame& frame, std::byte* scratch) {
  const Tape& tape = bound.tape;
  const Blocks& blocks = bound.blocks;
  State<T> s{};
  s.tape = &tape;
  s.blocks = &blocks;
  s.loops = bound.loops.data();
  s.frame = &frame;
  const auto take = [&](std::size_t bytes) {
    std::byte* taken = scratch;
    scratch += aligned(bytes);
    return taken;
  };
  s.registers = reinterpret_cast<T*>(take(tape.registers * kTileBytes));
  s.at = reinterpret_cast<const T**>(take(tape.registers * sizeof(T*)));
  s.kept = reinterpret_cast<T*>(take(tape.kept_values * blocks.kept * sizeof(T)));
  s.kept_at = reinterpret_cast<const T**>(take(tape.kept_values * sizeof(T*)));
  s.saved = reinterpret_cast<T*>(take(tape.saved * blocks.outer * blocks.inner * sizeof(T)));
  return s;
}

// Single numbers, each spread over a register.
template <class T>
struct Constants {
  static void run(const State<T>* s) {
    for (const Op& op : s->tape->constants) {
      const Stream& stream = s->tape->streams[op.index];
      T* own = s->registers + op.target * kTile<T>;
      load(*s->tape, stream, s->frame->at(stream.place), own, {0, 1, 0, kTile<T>});
      s->at[op.target] = own;
    }
  }
};

template <class T>
void load_constants(const State<T>& s) {
  static const auto run = best_isa<Constants<T>>();
  run(&s);
}

template <class T>
void run_block(State<T>& s, const Rectangle& block, const Rectangle& kept) {
  const Tape& tape = *s.tape;
  s.outer_first = block.first;
  s.inner_first = block.left;
  std::fill_n(s.kept, tape.kept_values * s.blocks->kept, T(0));
  for (int i = 0; i < tape.kept_values; ++i) s.kept_at[i] = s.kept + i * s.blocks->kept;
  for (const Stage& stage : tape.stages) {
    if (!stage.kept.empty()) run_ops(s, stage.kept, tape.kept_streams, kept, true);
    for (const Segment& segment : stage.segments) run_rectangle(s, segment, block);
  }
}

// Of the domain.
template <class T>
Rectangle rectangle_of(const BoundTape& bound, Units units) {
  const Tape& tape = bound.tape;
  Rectangle all{0, tape.outer_count, 0, tape.inner};
  if (bound.phase.units == 1) return all;
  const bool columns = tape.mode == Mode::columns;
  if (columns || tape.outer_count == 1) {
    const Extent unit = columns ? 16 : kTile<T>;
    all.left = units.begin * unit;
    all.right = std::min(tape.inner, units.end * unit);
  } else {
    const Extent unit = tape.mode == Mode::rows ? per_kept_row(tape) : 1;
    all.first = units.begin * unit;
    all.end = units.end * unit;
  }
  return all;
}

}  // namespace

template <class T>
void run_tape(const BoundTape& bound, const Frame& frame, std::byte* scratch, Units units) {
  State<T> s = state_of<T>(bound, frame, scratch);
  load_constants(s);
  const Tape& tape = bound.tape;
  const Blocks& blocks = bound.blocks;
  const Extent per = per_kept_row(tape);
  const Rectangle all = rectangle_of<T>(bound, units);
  for (Extent row = all.first; row < all.end; row += blocks.outer)
    for (Extent left = all.left; left < all.right; left += blocks.inner) {
      const Rectangle block{row, std::min(all.end, row + blocks.outer), left,
                            std::min(all.right, left + blocks.inner)};
      Rectangle kept{0, 1, 0, tape.kept};
      if (tape.mode == Mode::rows) kept = {0, 1, block.first / per, block.end / per};
      if (tape.mode == Mode::columns && tape.kept == tape.inner)
        kept = {0, 1, block.left, block.right};
      run_block(s, block, kept);
    }
}
template void run_tape<float>(const BoundTape&, const Frame&, std::byte*, Units);
template void run_tape<double>(const BoundTape&, const Frame&, std::byte*, Units);

template <class T>
Epilogue<T>::Epilogue(const BoundTape& tape, const Frame& frame, std::byte* scratch)
    : tape_(tape), frame_(frame), scratch_(scratch) {
  load_constants(state_of<T>(tape, frame, scratch));  // no tile touches their registers
}

// One tile of a product. Where the domain's rows fall into several outer rows the tile holds whole
// rows.
template <class T>
TileSink Epilogue<T>::sink() {
  return {[](void* context, const Tile& given) {
            const auto* self = static_cast<const Epilogue*>(context);
            State<T> s = state_of<T>(self->tape_, self->frame_, self->scratch_);
            const Extent inner = s.tape->inner;
            const Extent per = std::max<Extent>(1, given.columns / std::max<Extent>(1, inner));
            Tile tile = given;
            if (per > 1)
              tile = {tile.row * per, 0, tile.rows * per, inner, tile.data, tile.stride / per};
            s.tile = &tile;
            for (const Segment& segment : s.tape->stages[0].segments)
              run_rectangle(
                  s, segment,
                  {tile.row, tile.row + tile.rows, tile.column, tile.column + tile.columns});
          },
          this};
}
template class Epilogue<float>;
template class Epilogue<double>;

}  // namespace ganflow::cpu
