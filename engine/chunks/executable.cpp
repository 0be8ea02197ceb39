#include "engine/chunks/executable.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>
#include <vector>

#include "engine/chunks/layout.h"
#include "engine/error.h"
#include "engine/rewrite/simplify.h"
#include "engine/tensor/memory.h"

namespace ganflow {
namespace {

// What a run consists of, in order.
struct ChunkOp {
  enum class Kind : std::uint8_t { run, copy, add, gather } kind = Kind::run;
  Prepared* prepared = nullptr;     // run
  std::byte* to = nullptr;          // copy, add; of a gather: the regions
  const std::byte* from = nullptr;  // copy, add
  std::size_t bytes = 0;            // of a gather: of a region
};

void add_floats(std::byte* to, const std::byte* from, std::size_t bytes) {
  auto* y = reinterpret_cast<float*>(to);
  const auto* x = reinterpret_cast<const float*>(from);
  for (std::size_t i = 0; i < bytes / sizeof(float); ++i) y[i] += x[i];
}

class ChunkedPrepared final : public Prepared {
 public:
  ChunkedPrepared(std::vector<std::unique_ptr<Prepared>> prepared, std::vector<ChunkOp> ops,
                  Peers* peers)
      : prepared_(std::move(prepared)), ops_(std::move(ops)), peers_(peers) {}

  void enqueue(Queue& queue) noexcept override {
    for (const ChunkOp& op : ops_) switch (op.kind) {
        case ChunkOp::Kind::run:
          op.prepared->enqueue(queue);
          break;
        case ChunkOp::Kind::copy:
          std::memcpy(op.to, op.from, op.bytes);
          break;
        case ChunkOp::Kind::add:
          add_floats(op.to, op.from, op.bytes);
          break;
        case ChunkOp::Kind::gather:
          peers_->gather(op.to, op.bytes);
          break;
      }
  }

 private:
  std::vector<std::unique_ptr<Prepared>> prepared_;
  std::vector<ChunkOp> ops_;
  Peers* peers_;
};

// Makes the pieces ready on given memory.
class PiecesBinder {
 public:
  using Executables = std::vector<std::shared_ptr<const Executable>>;
  PiecesBinder(const Pieces& pieces, const Executables& executables, const ChunkLayout& layout,
               const Division& division, const Bindings& given)
      : pieces_(pieces),
        executables_(executables),
        layout_(layout),
        division_(division),
        given_(given) {}

  std::unique_ptr<Prepared> run() {
    for (std::size_t p = 0; p < pieces_.list.size(); ++p) {
      const int times = pieces_.list[p].chunked ? layout_.own_chunks : 1;
      for (int chunk = 0; chunk < times; ++chunk) add_piece(p, chunk);
      if (const ChunkJoint* joint = layout_.joint_behind(p)) add_joint(*joint);
    }
    return std::make_unique<ChunkedPrepared>(std::move(prepared_), std::move(ops_),
                                             division_.peers.get());
  }

 private:
  std::byte* at(std::size_t offset) const { return given_.arena + offset; }
  void copy(std::byte* to, const std::byte* from, std::size_t bytes) {
    if (bytes > 0)
      ops_.push_back({.kind = ChunkOp::Kind::copy, .to = to, .from = from, .bytes = bytes});
  }

  void add_piece(std::size_t p, int chunk) {
    const ProgramPiece& piece = pieces_.list[p];
    std::vector<const std::byte*> inputs;
    std::vector<std::byte*> outputs, variables;
    for (std::size_t i = 0; i < piece.inputs.size(); ++i) inputs.push_back(input(p, i, chunk));
    for (const PieceSlot& slot : piece.outputs)
      outputs.push_back(slot.of == PieceSlot::Of::program
                            ? given_.outputs[slot.index]
                            : at(layout_.crossing[slot.index]
                                     .parts[static_cast<std::size_t>(piece.chunked ? chunk : 0)]));
    for (const std::uint32_t slot : piece.variables) variables.push_back(given_.variables[slot]);
    prepared_.push_back(executables_[p]->prepare({.arena = given_.arena,
                                                  .variables = variables.data(),
                                                  .inputs = inputs.data(),
                                                  .outputs = outputs.data(),
                                                  .clock = given_.clock}));
    ops_.push_back({.kind = ChunkOp::Kind::run, .prepared = prepared_.back().get()});
  }

  const std::byte* input(std::size_t p, std::size_t i, int chunk) {
    const PieceSlot& slot = pieces_.list[p].inputs[i];
    const std::byte* whole = nullptr;
    if (slot.of == PieceSlot::Of::program) {
      whole = given_.inputs[slot.index];
    } else {
      const CrossingPlace& place = layout_.crossing[slot.index];
      const CrossingValue& value = pieces_.crossing[slot.index];
      if (slot.rows && value.chunked && !value.sum)
        return at(place.parts[static_cast<std::size_t>(chunk)]);
      whole = at(place.whole);
    }
    if (!slot.rows) return whole;
    const TensorType& type = pieces_.list[p].program.inputs[i].type;
    const Extent rows = division_.chunking.rows(), blocks = type.shape[0] / rows;
    const std::size_t bytes = bytes_of(type) / static_cast<std::size_t>(blocks);  // of a block
    const auto before = static_cast<std::size_t>(layout_.first_chunk + chunk) * bytes;
    if (blocks == 1 && before % kAlignment == 0) return whole + before;
    std::byte* own = at(layout_.slices[p][i]);
    for (std::size_t b = 0; b < static_cast<std::size_t>(blocks); ++b)
      copy(own + b * bytes,
           whole + b * bytes * static_cast<std::size_t>(division_.chunking.chunks) + before, bytes);
    return own;
  }

  void add(std::byte* to, const std::byte* from, std::size_t bytes) {
    ops_.push_back({.kind = ChunkOp::Kind::add, .to = to, .from = from, .bytes = bytes});
  }
  // The sum of n blocks as a binary tree, in the place of the first.
  template <class Place>
  void add_tree(int n, std::size_t bytes, Place place) {
    for (int step = 1; step < n; step *= 2)
      for (int i = 0; i < n; i += 2 * step) add(place(i), place(i + step), bytes);
  }

  void add_joint(const ChunkJoint& joint) {
    const int ranks = division_.ranks(), own = layout_.own_chunks;
    const auto region = [&](int rank) {
      return at(joint.regions) + static_cast<std::size_t>(rank) * joint.bytes;
    };
    for (const ChunkJoint::Item& item : joint.items) {
      const std::vector<std::size_t>& parts = layout_.crossing[item.crossing].parts;
      if (pieces_.crossing[item.crossing].sum)
        add_tree(own, item.bytes, [&](int i) { return at(parts[static_cast<std::size_t>(i)]); });
      else
        for (int i = 0; i < own; ++i)
          copy(region(layout_.rank) + item.offset + static_cast<std::size_t>(i) * item.bytes,
               at(parts[static_cast<std::size_t>(i)]), item.bytes);
    }
    if (ranks > 1)
      ops_.push_back({.kind = ChunkOp::Kind::gather, .to = region(0), .bytes = joint.bytes});
    for (const ChunkJoint::Item& item : joint.items) {
      if (pieces_.crossing[item.crossing].sum) {
        add_tree(ranks, item.bytes, [&](int rank) { return region(rank) + item.offset; });
        continue;
      }
      const CrossingValue& value = pieces_.crossing[item.crossing];
      const auto blocks = static_cast<std::size_t>(value.blocks);
      const auto chunks = static_cast<std::size_t>(division_.chunking.chunks);
      const std::size_t block = item.bytes / blocks;
      for (std::size_t c = 0; c < chunks; ++c) {
        const auto each = static_cast<std::size_t>(own);
        const std::byte* from =
            region(static_cast<int>(c / each)) + item.offset + c % each * item.bytes;
        for (std::size_t b = 0; b < blocks; ++b)
          copy(at(layout_.crossing[item.crossing].whole) + (b * chunks + c) * block,
               from + b * block, block);
      }
    }
  }

  const Pieces& pieces_;
  const Executables& executables_;
  const ChunkLayout& layout_;
  const Division& division_;
  const Bindings& given_;
  std::vector<std::unique_ptr<Prepared>> prepared_;
  std::vector<ChunkOp> ops_;
};

class ChunkedExecutable final : public Executable {
 public:
  ChunkedExecutable(const Program& program, const Division& division, const CompilePiece& compile)
      : division_(division), pieces_(cut_into_pieces(simplify(program), division.chunking)) {
    std::size_t arena = 0;
    for (const ProgramPiece& piece : pieces_.list) {
      executables_.push_back(compile(piece.program));
      arena = std::max(arena, executables_.back()->arena_bytes());
    }
    const Chunking& chunking = division_.chunking;
    layout_ = lay_out(pieces_, chunking, division_.ranks(),
                      division_.peers ? division_.peers->rank() : 0, aligned(arena));
    describe();
  }

  std::unique_ptr<Prepared> prepare(const Bindings& bindings) const override {
    return PiecesBinder(pieces_, executables_, layout_, division_, bindings).run();
  }
  double nanoseconds() const override { return nanoseconds_; }
  std::size_t helper_bytes() const override { return helper_bytes_; }

 private:
  void describe() {
    report_.arena_bytes = layout_.arena_bytes;
    for (std::size_t p = 0; p < pieces_.list.size(); ++p) {
      const kernels::Report& one = executables_[p]->report();
      const int times = pieces_.list[p].chunked ? layout_.own_chunks : 1;
      report_.products += one.products * times;
      report_.kernels += one.kernels * times;
      report_.depth += one.depth;
      report_.copies += one.copies * times;
      report_.flops += one.flops * times;
      helper_bytes_ = std::max(helper_bytes_, executables_[p]->helper_bytes());
      nanoseconds_ += executables_[p]->nanoseconds() * times;
      report_.listing += pieces_.list[p].chunked
                             ? fmt::format("    chunks {} to {} of {}, {} rows each\n",
                                           layout_.first_chunk, layout_.first_chunk + times - 1,
                                           division_.chunking.chunks, division_.chunking.rows())
                             : "    once\n";
      report_.listing += one.listing;
      if (const ChunkJoint* joint = layout_.joint_behind(p))
        report_.listing += fmt::format("    put together: {} values, {} KiB a rank\n",
                                       joint->items.size(), joint->bytes / 1024);
    }
  }

  const Division division_;
  const Pieces pieces_;
  PiecesBinder::Executables executables_;
  ChunkLayout layout_;
  double nanoseconds_ = 0;
  std::size_t helper_bytes_ = 0;
};

}  // namespace

void check(const Division& division) {
  check(division.chunking);
  const auto ranks = static_cast<unsigned>(division.ranks());
  if (!std::has_single_bit(ranks) || division.ranks() > division.chunking.chunks)
    fail(Fault::usage,
         "{} ranks cannot train one replica whose batch is cut into {} chunks: their number must "
         "be a power of two of at most {}",
         ranks, division.chunking.chunks, division.chunking.chunks);
}

std::shared_ptr<const Executable> compile_in_chunks(const Device& device, const Program& program,
                                                    const Division& division,
                                                    const CompilePiece& compile) {
  check(division);
  if (!device.immediate())
    fail(Fault::usage,
         "device {} computes whole batches only, not chunks of them; use --device cpu",
         device.name());
  return std::make_shared<ChunkedExecutable>(program, division, compile);
}

}  // namespace ganflow
