#include "engine/cpu/tape_runner.h"

#include <algorithm>

#include "engine/cpu/isa.h"
#include "engine/cpu/line_runner.h"
#include "engine/cpu/tape_state.h"
#include "engine/cpu/tile_memory.h"
#include "engine/tensor/memory.h"

namespace ganflow::cpu {
namespace {

// The operations on one rectangle of at most kTile elements: what is compiled for every instruction
// set.
template <class T>
struct Ops : TapeElements<T> {
  using Elements = TapeElements<T>;
  static void run(const TapeState<T>* state, const std::vector<Op>* ops,
                  const std::vector<Stream>* all_streams, const Rectangle* rectangle, bool kept) {
    const TapeState<T>& s = *state;
    const std::vector<Stream>& streams = *all_streams;
    const Rectangle& r = *rectangle;
    const Tape& tape = *s.tape;
    const T** at = kept ? s.kept_at : s.at;
    const auto own = [&](int i) {
      return kept ? s.kept + i * s.blocks->kept : s.registers + i * kTile<T>;
    };
    const auto saved = [&](int index, Extent row) { return Elements::saved(s, index, row, r); };
    for (const Op& op : *ops) {
      switch (op.what) {
        case Do::load: {
          const Stream& stream = streams[op.index];
          at[op.target] = load(tape, stream, s.frame->at(stream.place), own(op.target), r);
          break;
        }
        case Do::root:
          at[op.target] = Elements::root(*s.tile, own(op.target), r);
          break;
        case Do::spread:
          Elements::spread(s, own(op.target), s.kept_at[op.index], r);
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
          Elements::add_up(s, s.kept + op.index * s.blocks->kept, at[op.sources[0]], r);
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
void run_ops(const TapeState<T>& s, const std::vector<Op>& ops, const std::vector<Stream>& streams,
             const Rectangle& r, bool kept) {
  static const auto run = best_isa<Ops<T>>();
  run(&s, &ops, &streams, &r, kept);
}

// The rectangle, of a segment, in pieces of at most kTile elements where the line needs that or
// there is none.
template <class T>
void run_rectangle(const TapeState<T>& s, const Segment& segment, const BoundLine& line,
                   const Rectangle& all) {
  const Extent first = std::max(all.first, segment.first), end = std::min(all.end, segment.end);
  const Extent columns = std::min(kTile<T>, all.columns());
  if (columns == 0 || first >= end) return;
  const bool interpreted = !runs_as_line<T>(*s.tape, line, {first, end, all.left, all.right});
  if constexpr (sizeof(T) == sizeof(float))
    if (!interpreted && !line.plan.buffers)
      return run_line(s, line, {first, end, all.left, all.right});
  const Extent rows = columns < all.columns() ? 1 : std::max<Extent>(1, kTile<T> / columns);
  for (Extent row = first; row < end; row += rows)
    for (Extent left = all.left; left < all.right; left += columns) {
      const Rectangle piece{row, std::min(end, row + rows), left,
                            std::min(all.right, left + columns)};
      if constexpr (sizeof(T) == sizeof(float))
        if (!interpreted) {
          run_line(s, line, piece);
          continue;
        }
      run_ops(s, segment.ops, s.tape->streams, piece, false);
    }
}

template <class T>
TapeState<T> state_of(const BoundTape& bound, const Frame& frame, std::byte* scratch) {
  const Tape& tape = bound.tape;
  const Blocks& blocks = bound.blocks;
  TapeState<T> s{};
  s.tape = &tape;
  s.blocks = &blocks;
  s.loops = bound.loops.data();
  s.frame = &frame;
  const auto take = [&](std::size_t bytes) {
    std::byte* taken = scratch;
    scratch += aligned(bytes);
    return taken;
  };
  s.buffers = reinterpret_cast<T*>(take((bound.more_tiles + tape.registers) * kTileBytes));
  s.registers = s.buffers + bound.more_tiles * kTile<T>;
  s.at = reinterpret_cast<const T**>(take(tape.registers * sizeof(T*)));
  s.kept = reinterpret_cast<T*>(take(tape.kept_values * blocks.kept * sizeof(T)));
  s.kept_at = reinterpret_cast<const T**>(take(tape.kept_values * sizeof(T*)));
  s.saved = reinterpret_cast<T*>(take(tape.saved * blocks.outer * blocks.inner * sizeof(T)));
  return s;
}

// Single numbers, each spread over a register.
template <class T>
struct Constants {
  static void run(const TapeState<T>* s) {
    for (const Op& op : s->tape->constants) {
      const Stream& stream = s->tape->streams[op.index];
      T* own = s->registers + op.target * kTile<T>;
      load(*s->tape, stream, s->frame->at(stream.place), own, {0, 1, 0, kTile<T>});
      s->at[op.target] = own;
    }
  }
};

template <class T>
void load_constants(const TapeState<T>& s) {
  static const auto run = best_isa<Constants<T>>();
  run(&s);
}

template <class T>
void run_block(TapeState<T>& s, const BoundTape& bound, const Rectangle& block,
               const Rectangle& kept) {
  const Tape& tape = bound.tape;
  s.outer_first = block.first;
  s.inner_first = block.left;
  std::fill_n(s.kept, tape.kept_values * s.blocks->kept, T(0));
  for (int i = 0; i < tape.kept_values; ++i) s.kept_at[i] = s.kept + i * s.blocks->kept;
  for (std::size_t i = 0; i < tape.stages.size(); ++i) {
    const auto& [kept_ops, segments] = tape.stages[i];
    if (!kept_ops.empty()) run_ops(s, kept_ops, tape.kept_streams, kept, true);
    for (std::size_t j = 0; j < segments.size(); ++j)
      run_rectangle(s, segments[j], bound.lines[i][j], block);
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
  TapeState<T> s = state_of<T>(bound, frame, scratch);
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
      run_block(s, bound, block, kept);
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
            TapeState<T> s = state_of<T>(self->tape_, self->frame_, self->scratch_);
            const Extent inner = s.tape->inner;
            const Extent per = std::max<Extent>(1, given.columns / std::max<Extent>(1, inner));
            Tile tile = given;
            if (per > 1)
              tile = {tile.row * per, 0, tile.rows * per, inner, tile.data, tile.stride / per};
            s.tile = &tile;
            const std::vector<Segment>& segments = s.tape->stages[0].segments;
            for (std::size_t i = 0; i < segments.size(); ++i)
              run_rectangle(
                  s, segments[i], self->tape_.lines[0][i],
                  {tile.row, tile.row + tile.rows, tile.column, tile.column + tile.columns});
          },
          this};
}
template class Epilogue<float>;
template class Epilogue<double>;

}  // namespace ganflow::cpu
