#include "engine/cuda/tape_text.h"

#include <algorithm>
#include <cstdlib>

#include "engine/cuda/elements_text.h"
#include "engine/tensor/memory.h"

namespace ganflow::cuda {
namespace {

constexpr Extent kMostInBlock = 4096;     // rows of a column that one block adds up
constexpr Extent kMostInAll = 16384;      // elements, where one block adds up all
constexpr Extent kMostParts = 64;         // of a sum
constexpr Extent kMostKeptInThread = 16;  // saved numbers of a thread that stay in registers

Extent ceil_of(Extent a, Extent b) { return (a + b - 1) / b; }

std::vector<int> sums_of(const Stage& stage) {
  std::vector<int> sums;
  for (const Segment& segment : stage.segments)
    for (const Op& op : segment.ops)
      if (op.what == Do::add_up && std::count(sums.begin(), sums.end(), op.index) == 0)
        sums.push_back(op.index);
  return sums;
}

bool has(const std::vector<Op>& ops, Do what) {
  return std::any_of(ops.begin(), ops.end(), [&](const Op& op) { return op.what == what; });
}
bool stores(const std::vector<Op>& ops) { return has(ops, Do::store); }

class TapeWriter {
 public:
  explicit TapeWriter(const Tape& tape) : tape_(tape) {
    total_ = tape.outer_count * tape.inner;
    kept_ = tape.mode == Mode::all ? 1 : std::max<Extent>(1, tape.kept);
    terms_ = tape.mode == Mode::plain ? 1 : total_ / kept_;
    values_ = std::max(1, tape.kept_values);
    const bool columns = tape.mode == Mode::columns;
    threads_ = tape.mode == Mode::plain || columns ? 256
               : terms_ <= 128                     ? 128
               : terms_ <= 2048                    ? 256
                                                   : 512;
    if ((columns && terms_ > kMostInBlock) || (tape.mode == Mode::all && terms_ > kMostInAll))
      parts_ = std::min(kMostParts, ceil_of(terms_, columns ? 1024 : 4096));
    share_ = ceil_of(terms_, parts_);
  }

  TapeText write() {
    if (tape_.mode == Mode::plain) {
      plain();
    } else {
      lay_out_scratch();
      if (parts_ == 1) {
        whole();
      } else {
        for (std::size_t s = 0; s < tape_.stages.size(); ++s) part(static_cast<int>(s));
        if (defers_stores(tape_.stages.back())) finish();
      }
    }
    text_.scratch_bytes = scratch_;
    return std::move(text_);
  }

 private:
  bool columns() const { return tape_.mode == Mode::columns; }

  TapeLaunch& launch(Extent blocks) {
    TapeLaunch& made = text_.launches.emplace_back();
    made.body.grid = static_cast<unsigned>(std::max<Extent>(1, blocks));
    made.body.threads = threads_;
    return made;
  }

  void plain() {
    Body& b = launch(ceil_of(total_, threads_)).body;
    add_index_type(b, tape_);
    b.add(
        "  each<kThreads>([&](int t) {{\n    const Index e = Index(block) * kThreads + t;\n"
        "    if (e >= {}) return;\n",
        total_);
    add_registers(b, tape_, tape_.stages[0]);
    add_segments(b, tape_, tape_.stages[0], {});
    b.add("  }});\n");
  }

  // --- reductions
  void lay_out_scratch() {
    const auto take = [&](Extent numbers) {
      const std::size_t first = scratch_;
      scratch_ += aligned(static_cast<std::size_t>(numbers) * sizeof(float));
      return first;
    };
    per_thread_ = ceil_of(terms_, threads_);
    in_registers_ = parts_ == 1 && tape_.mode != Mode::columns &&
                    per_thread_ * tape_.saved <= kMostKeptInThread;
    if (tape_.saved && !in_registers_) saved_at_ = take(tape_.saved * total_);
    if (parts_ == 1) return;
    for (const Stage& stage : tape_.stages) {
      kept_at_.push_back(take(values_ * kept_));
      parts_at_.push_back(take(static_cast<Extent>(sums_of(stage).size()) * parts_ * kept_));
    }
  }
  std::string scratch(Body& b, std::size_t at) const {
    return fmt::format("p.to<float>({})", b.pointer({Space::scratch, 0, at}));
  }

  void declare(Body& b, bool sums) const {
    add_index_type(b, tape_);
    b.add("  Local<float, kThreads, {}> kept{};\n", values_, sums ? ", part" : "");
    if (sums) b.add("  GF_SHARED float shared[{}];\n", columns() ? threads_ : 32);
    if (in_registers_ && tape_.saved)
      b.add("  Local<float, kThreads, {}> saved;\n", per_thread_ * tape_.saved);
    b.add(
        "  each<kThreads>([&](int t) {{\n    for (int i = 0; i < {}; ++i) kept(t, i) = 0;\n"
        "  }});\n",
        values_);
  }

  // The scope of kept element c; `first` is one thread of those that have it.
  void open_kept(Body& b, bool split) const {
    b.add(
        "  each<kThreads>([&](int t) {{\n    const Index c = {};\n"
        "    const bool first = {}{};\n    if (c >= {}) return;\n    (void)first;\n",
        columns() ? fmt::format("Index(block {} {}) * 32 + t % 32", split ? "%" : "+",
                                split ? ceil_of(kept_, 32) : 0)
        : tape_.mode == Mode::rows ? "block"
                                   : "0",
        columns() ? "t < 32" : "t == 0",
        split ? fmt::format(" && block / {} == 0", blocks_of_kept()) : "", kept_);
  }
  Extent blocks_of_kept() const { return columns() ? ceil_of(kept_, 32) : kept_; }

  void kept_ops(Body& b, const Stage& stage, bool split, bool deferred) const {
    if (stage.kept.empty()) return;
    const auto pass = [&](auto&& wanted) {
      if (!std::any_of(stage.kept.begin(), stage.kept.end(), wanted)) return;
      open_kept(b, split);
      for (const Op& op : stage.kept)
        if (wanted(op)) add_kept_op(b, tape_, op);
      b.add("  }});\n");
    };
    // What one thread stores another one may read: everybody reads first.
    pass([](const Op& op) { return op.what == Do::load; });
    if (stores(stage.kept)) b.add("  sync();\n");
    pass([&](const Op& op) { return op.what != Do::load && (!deferred || op.what != Do::store); });
  }
  void kept_stores(Body& b, const Stage& stage, bool split) const {
    if (!stores(stage.kept)) return;
    open_kept(b, split);
    for (const Op& op : stage.kept)
      if (op.what == Do::store) add_kept_op(b, tape_, op);
    b.add("  }});\n");
  }

  // The elements of a stage, and its sums over the block's threads.
  void walk(Body& b, const Stage& stage, bool split) const {
    if (stage.segments.empty()) return;
    const std::vector<int> sums = sums_of(stage);
    SavedIn saved;
    if (tape_.saved) {
      if (in_registers_)
        saved.at = fmt::format("saved(t, {{}} * {} + k)", per_thread_);
      else
        saved.at = scratch(b, saved_at_) + fmt::format("[{{}} * Index({}) + e]", total_);
    }
    b.add("  each<kThreads>([&](int t) {{\n");
    for (const int i : sums) b.add("    part(t, {}) = 0;\n", i);
    add_registers(b, tape_, stage);
    if (columns()) {
      b.add("    const Index c = Index(block {} {}) * 32 + t % 32;\n    if (c >= {}) return;\n",
            split ? "%" : "+", split ? blocks_of_kept() : 0, kept_);
      range(b, split, "t / 32");
      b.add(
          "    for (Index i = from; i < to; i += kThreads / 32) {{\n"
          "      const Index e = i * {} + c;\n",
          kept_);
    } else {
      range(b, split, "t");
      b.add(
          "#pragma unroll 4\n    for (Index i = from, k = 0; i < to; i += kThreads, ++k) {{\n"
          "      (void)k;\n      const Index e = {}i;\n",
          tape_.mode == Mode::rows ? fmt::format("Index(block) * {} + ", terms_) : "");
    }
    add_segments(b, tape_, stage, saved);
    b.add("    }}\n  }});\n");
    for (const int i : sums)
      b.add("  {}<kThreads>(part, {}, shared, kept);\n", columns() ? "column_sum" : "block_sum", i);
  }
  void range(Body& b, bool split, const char* thread) const {
    if (split)
      b.add(
          "    const Index start = Index(block / {0}) * {1}, from = start + {2};\n"
          "    const Index to = start + {1} < {3} ? start + {1} : {3};\n",
          blocks_of_kept(), share_, thread, terms_);
    else
      b.add("    const Index from = {}, to = {};\n", thread, terms_);
  }

  void whole() {
    TapeLaunch& made = launch(blocks_of_kept());
    Body& b = made.body;
    declare(b, std::any_of(tape_.stages.begin(), tape_.stages.end(),
                           [](const Stage& stage) { return !sums_of(stage).empty(); }));
    for (const Stage& stage : tape_.stages) {
      kept_ops(b, stage, false, false);
      walk(b, stage, false);
    }
    if (tape_.saved && !in_registers_) use_saved(made);
  }
  void use_saved(TapeLaunch& made) const {
    const ScratchUse saved{saved_at_, static_cast<std::size_t>(tape_.saved * total_) * 4};
    made.writes.push_back(saved);
  }

  // Stores of kept values wait for the next launch where other blocks may still load what they
  // overwrite.
  static bool defers_stores(const Stage& stage) {
    return !stage.segments.empty() && stores(stage.kept) && has(stage.kept, Do::load);
  }

  // What the launches before have left of the kept values and of the sums of stage s - 1.
  void resume(TapeLaunch& made, int s) {
    const Stage& before = tape_.stages[static_cast<std::size_t>(s) - 1];
    Body& b = made.body;
    const std::vector<int> sums = sums_of(before);
    const std::size_t kept_at = kept_at_[static_cast<std::size_t>(s) - 1],
                      parts_at = parts_at_[static_cast<std::size_t>(s) - 1];
    const std::string from = scratch(b, kept_at);
    const std::string parts = sums.empty() ? "" : scratch(b, parts_at);
    open_kept(b, true);
    b.add("    for (int i = 0; i < {0}; ++i) kept(t, i) = {1}[i * {2} + c];\n", values_, from,
          kept_);
    for (std::size_t i = 0; i < sums.size(); ++i)
      b.add(
          "    {{\n      float sum = {0}[{1} + c];\n"
          "      for (Index k = 1; k < {2}; ++k) sum += {0}[{1} + k * {3} + c];\n"
          "      kept(t, {4}) = sum;\n    }}\n",
          parts, static_cast<Extent>(i) * parts_ * kept_, parts_, kept_, sums[i]);
    b.add("  }});\n");
    made.reads.push_back({kept_at, static_cast<std::size_t>(values_ * kept_) * 4});
    if (!sums.empty())
      made.reads.push_back({parts_at, sums.size() * static_cast<std::size_t>(parts_ * kept_) * 4});
    if (defers_stores(before)) {
      kept_stores(b, before, true);
      made.kept_stages.push_back(s - 1);
    }
  }

  void part(int s) {
    const Stage& stage = tape_.stages[static_cast<std::size_t>(s)];
    const bool walks = !stage.segments.empty();
    TapeLaunch& made = launch(blocks_of_kept() * (walks ? parts_ : 1));
    made.stage = s;
    Body& b = made.body;
    declare(b, !sums_of(stage).empty());
    if (s > 0) resume(made, s);
    kept_ops(b, stage, true, defers_stores(stage));
    if (!defers_stores(stage)) made.kept_stages.push_back(s);
    if (static_cast<std::size_t>(s) + 1 < tape_.stages.size() || defers_stores(stage)) {
      const std::size_t at = kept_at_[static_cast<std::size_t>(s)];
      const std::string to = scratch(b, at);
      open_kept(b, true);
      b.add(
          "    if (!first) return;\n"
          "    for (int i = 0; i < {}; ++i) {}[i * {} + c] = kept(t, i);\n  }});\n",
          values_, to, kept_);
      made.writes.push_back({at, static_cast<std::size_t>(values_ * kept_) * 4});
    }
    if (!walks) return;
    walk(b, stage, true);
    for (const Segment& segment : stage.segments)
      for (const Op& op : segment.ops) {
        if (op.what != Do::save && op.what != Do::restore) continue;
        auto& uses = op.what == Do::save ? made.writes : made.reads;
        const auto bytes = static_cast<std::size_t>(total_) * 4;
        uses.push_back({saved_at_ + static_cast<std::size_t>(op.index) * bytes, bytes});
      }
    leave(made, s);
  }
  // The block's sums, for the next launch.
  void leave(TapeLaunch& made, int s) {
    const std::vector<int> sums = sums_of(tape_.stages[static_cast<std::size_t>(s)]);
    if (sums.empty()) return;
    Body& b = made.body;
    const std::size_t at = parts_at_[static_cast<std::size_t>(s)];
    const std::string to = scratch(b, at);
    b.add(
        "  each<kThreads>([&](int t) {{\n    const Index c = {};\n    if ({} || c >= {}) return;\n",
        columns() ? fmt::format("Index(block % {}) * 32 + t", blocks_of_kept()) : "0",
        columns() ? "t >= 32" : "t != 0", kept_);
    for (std::size_t i = 0; i < sums.size(); ++i)
      b.add("    {}[{} + Index(block / {}) * {} + c] = kept(t, {});\n", to,
            static_cast<Extent>(i) * parts_ * kept_, blocks_of_kept(), kept_, sums[i]);
    b.add("  }});\n");
    made.writes.push_back({at, sums.size() * static_cast<std::size_t>(parts_ * kept_) * 4});
  }
  void finish() {
    TapeLaunch& made = launch(blocks_of_kept());
    made.stage = static_cast<int>(tape_.stages.size());
    declare(made.body, false);
    resume(made, made.stage);
  }

  const Tape& tape_;
  TapeText text_;
  Extent total_ = 0, kept_ = 1, terms_ = 1, parts_ = 1, share_ = 1, per_thread_ = 1;
  int values_ = 1, threads_ = 256;
  bool in_registers_ = false;
  std::size_t scratch_ = 0, saved_at_ = 0;
  std::vector<std::size_t> kept_at_, parts_at_;  // by stage
};

}  // namespace

TapeText tape_text(const Tape& tape) { return TapeWriter(tape).write(); }

}  // namespace ganflow::cuda
