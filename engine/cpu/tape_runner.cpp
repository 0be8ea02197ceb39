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
  const Frame* frame;
  T* registers;            // own storage, kTile elements each
  const T** at;            // where the contents of each register are
  T* kept;                 // kept values of the block, kept_block elements each
  const T** kept_at;       // where they are
  T* saved;                // tensors of the block
  Extent outer_first = 0;  // the block's corner
  Extent inner_first = 0;
  const Tile* tile = nullptr;
};

template <class T>
struct Runner {
  static constexpr Extent kTile = kTileBytes / sizeof(T);

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

  static Extent per_kept_row(const Tape& tape) {  // rows: outer rows that one kept value covers
    return tape.kept ? std::max<Extent>(1, tape.outer_count / tape.kept) : 1;
  }
  // columns: the kept element of (row, 0), relative to the block.
  static Extent kept_column(const State<T>& s, Extent row) {
    const Tape& tape = *s.tape;
    if (tape.inner == tape.kept) return -s.inner_first;
    return row % (tape.kept / tape.inner) * tape.inner;
  }

  static void add_up(const State<T>& s, T* sums, const T* x, const Rectangle& r) {
    const Extent n = r.columns();
    switch (s.tape->keep) {
      case Keep::rows: {
        const Extent per = per_kept_row(*s.tape), first = s.outer_first / per;
        for (Extent row = r.first; row < r.end; ++row)
          sums[row / per - first] += total(x + (row - r.first) * n, n);
        break;
      }
      case Keep::columns:
        for (Extent row = r.first; row < r.end; ++row) {
          T* y = sums + kept_column(s, row) + r.left;
          const T* from = x + (row - r.first) * n;
#pragma GCC ivdep
          for (Extent i = 0; i < n; ++i) y[i] += from[i];
        }
        break;
      case Keep::all:
        *sums += total(x, r.elements());
        break;
      case Keep::nothing:
        break;
    }
  }

  static void spread(const State<T>& s, T* to, const T* from, const Rectangle& r) {
    const Extent n = r.columns();
    switch (s.tape->keep) {
      case Keep::rows: {
        const Extent per = per_kept_row(*s.tape), first = s.outer_first / per;
        for (Extent row = r.first; row < r.end; ++row)
          std::fill_n(to + (row - r.first) * n, n, from[row / per - first]);
        break;
      }
      case Keep::columns:
        for (Extent row = r.first; row < r.end; ++row)
          std::copy_n(from + kept_column(s, row) + r.left, n, to + (row - r.first) * n);
        break;
      case Keep::all:
        std::fill_n(to, r.elements(), *from);
        break;
      case Keep::nothing:
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

  static void run_ops(const State<T>& s, const std::vector<Op>& ops,
                      const std::vector<Stream>& streams, const Rectangle& r, bool kept) {
    const Tape& tape = *s.tape;
    const T** at = kept ? s.kept_at : s.at;
    const auto own = [&](int i) {
      return kept ? s.kept + i * tape.kept_block : s.registers + i * kTile;
    };
    const auto saved = [&](int index, Extent row) {
      return s.saved + (index * tape.outer_block + row - s.outer_first) * tape.inner_block +
             r.left - s.inner_first;
    };
    for (const Op& op : ops) {
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
          const T* x[kOperands];
          for (std::size_t i = 0; i < kOperands; ++i)
            x[i] = op.sources[i] < 0 ? nullptr : at[op.sources[i]];
          if constexpr (sizeof(T) == 8)
            op.loop.f64(y, x, op.attributes, static_cast<std::size_t>(r.elements()));
          else
            op.loop.f32(y, x, op.attributes, static_cast<std::size_t>(r.elements()));
          at[op.target] = y;
          break;
        }
        case Do::add_up:
          add_up(s, s.kept + op.index * tape.kept_block, at[op.sources[0]], r);
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

  // The rectangle in pieces of at most kTile elements.
  static void run_rectangle(const State<T>& s, const Segment& segment, const Rectangle& all) {
    const Extent first = std::max(all.first, segment.first), end = std::min(all.end, segment.end);
    const Extent columns = std::min(kTile, all.columns());
    if (columns == 0) return;
    const Extent rows = columns < all.columns() ? 1 : std::max<Extent>(1, kTile / columns);
    for (Extent row = first; row < end; row += rows)
      for (Extent left = all.left; left < all.right; left += columns)
        run_ops(s, segment.ops, s.tape->streams,
                {row, std::min(end, row + rows), left, std::min(all.right, left + columns)}, false);
  }

  static void load_constants(const State<T>& s) {
    for (const Op& op : s.tape->constants) {
      const Stream& stream = s.tape->streams[op.index];
      T* own = s.registers + op.target * kTile;
      load(*s.tape, stream, s.frame->at(stream.place), own, {0, 1, 0, kTile});
      s.at[op.target] = own;
    }
  }

  static State<T> state(const Tape& tape, const Frame& frame, std::byte* scratch) {
    State<T> s{};
    s.tape = &tape;
    s.frame = &frame;
    const auto take = [&](std::size_t bytes) {
      std::byte* taken = scratch;
      scratch += aligned(bytes);
      return taken;
    };
    s.registers = reinterpret_cast<T*>(take(tape.registers * kTileBytes));
    s.at = reinterpret_cast<const T**>(take(tape.registers * sizeof(T*)));
    s.kept = reinterpret_cast<T*>(take(tape.kept_values * tape.kept_block * sizeof(T)));
    s.kept_at = reinterpret_cast<const T**>(take(tape.kept_values * sizeof(T*)));
    s.saved =
        reinterpret_cast<T*>(take(tape.saved * tape.outer_block * tape.inner_block * sizeof(T)));
    return s;
  }

  static void run_block(State<T>& s, const Rectangle& block, const Rectangle& kept) {
    const Tape& tape = *s.tape;
    s.outer_first = block.first;
    s.inner_first = block.left;
    std::fill_n(s.kept, tape.kept_values * tape.kept_block, T(0));
    for (int i = 0; i < tape.kept_values; ++i) s.kept_at[i] = s.kept + i * tape.kept_block;
    for (const Stage& stage : tape.stages) {
      run_ops(s, stage.kept, tape.kept_streams, kept, true);
      for (const Segment& segment : stage.segments) run_rectangle(s, segment, block);
    }
  }

  static void run(const Tape* tape, const Frame* frame, std::byte* scratch) {
    State<T> s = state(*tape, *frame, scratch);
    load_constants(s);
    const Extent per = per_kept_row(*tape);
    for (Extent row = 0; row < tape->outer_count; row += tape->outer_block)
      for (Extent left = 0; left < tape->inner; left += tape->inner_block) {
        const Rectangle block{row, std::min(tape->outer_count, row + tape->outer_block), left,
                              std::min(tape->inner, left + tape->inner_block)};
        Rectangle kept{0, 1, 0, tape->kept};
        if (tape->keep == Keep::rows) kept = {0, 1, block.first / per, block.end / per};
        if (tape->keep == Keep::columns && tape->kept == tape->inner)
          kept = {0, 1, block.left, block.right};
        run_block(s, block, kept);
      }
  }
};

// One tile of a product, in the same way. Where the domain's rows fall into several outer rows the
// tile holds whole rows.
template <class T>
struct TileRunner {
  static void run(const Tape* tape, const Frame* frame, std::byte* scratch, const Tile* given) {
    State<T> s = Runner<T>::state(*tape, *frame, scratch);
    // Registers of constants keep their contents from tile to tile.
    if (given->row == 0 && given->column == 0) Runner<T>::load_constants(s);
    const Extent per = std::max<Extent>(1, given->columns / std::max<Extent>(1, tape->inner));
    Tile tile = *given;
    if (per > 1)
      tile = {tile.row * per, 0, tile.rows * per, tape->inner, tile.data, tile.stride / per};
    s.tile = &tile;
    for (const Segment& segment : tape->stages[0].segments)
      Runner<T>::run_rectangle(
          s, segment, {tile.row, tile.row + tile.rows, tile.column, tile.column + tile.columns});
  }
};

}  // namespace

std::size_t scratch_bytes(const Tape& tape, std::size_t element_size) {
  const auto values = [&](Extent n) { return aligned(static_cast<std::size_t>(n) * element_size); };
  return aligned(tape.registers * kTileBytes) + aligned(tape.registers * sizeof(void*)) +
         values(tape.kept_values * tape.kept_block) + aligned(tape.kept_values * sizeof(void*)) +
         values(tape.saved * tape.outer_block * tape.inner_block);
}

template <class T>
void run_tape(const Tape& tape, const Frame& frame, std::byte* scratch) {
  static const auto run = best_isa<Runner<T>>();
  run(&tape, &frame, scratch);
}
template void run_tape<float>(const Tape&, const Frame&, std::byte*);
template void run_tape<double>(const Tape&, const Frame&, std::byte*);

template <class T>
Epilogue<T>::Epilogue(const Tape& tape, const Frame& frame, std::byte* scratch)
    : tape_(tape), frame_(frame), scratch_(scratch) {}

template <class T>
TileSink Epilogue<T>::sink() {
  return {[](void* context, const Tile& tile) {
            static const auto run = best_isa<TileRunner<T>>();
            auto* self = static_cast<Epilogue*>(context);
            run(&self->tape_, &self->frame_, self->scratch_, &tile);
          },
          this};
}
template class Epilogue<float>;
template class Epilogue<double>;

}  // namespace ganflow::cpu
