// A program with a batch, cut into pieces: what is computed once, and what every chunk of the batch
// computes of its rows alone. All chunks run the same pieces, so that what a chunk computes is a
// function of the chunk, whoever computes it and beside which others.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/program/program.h"

namespace ganflow {

// The rule by which a batch is cut: chunk c of C has rows c N / C .. (c + 1) N / C - 1 of every
// batch of N rows. C is a power of two: what sums over rows is the sum of the chunks' sums as a
// binary tree, ((0 + 1) + (2 + 3)) + ..., of which any power of two of ranks has a part each.
struct Chunking {
  Extent batch = 0;
  int chunks = 1;
  Extent rows() const { return batch / chunks; }  // of a chunk
};
// Throws Error(usage) where the chunks are no power of two or do not divide the batch.
void check(const Chunking& chunking);

// A value of the program that one piece leaves to others.
struct CrossingValue {
  TensorType type;       // as a whole
  bool chunked = false;  // computed by the chunks: a part of its rows, or of its sum, each
  bool sum = false;      // of a chunked one: its whole is the sum of the chunks' values
  bool whole = false;    // of a chunked one: a piece reads it as a whole
  Extent blocks = 0;     // of a value that is or can be read as rows: batches along axis 0
};

// Slots of a piece: those of the program, or crossing values.
struct PieceSlot {
  enum class Of : std::uint8_t { program, crossing } of = Of::program;
  std::uint32_t index = 0;
  bool rows = false;  // of an input of a chunked piece: the chunk's rows of it
};

struct ProgramPiece {
  bool chunked = false;  // run for every chunk
  Program program;
  std::vector<PieceSlot> inputs, outputs;  // in its own slots' order
  std::vector<std::uint32_t> variables;    // slots of the program
};

// Pieces run in order. What chunked pieces leave is put together before the next piece that is not
// chunked. Only the last piece assigns.
struct Pieces {
  std::vector<ProgramPiece> list;
  std::vector<CrossingValue> crossing;
  // By crossing value: the piece that computes it.
  std::vector<int> made_by;
};

// Of a simplified program whose inputs of leading extent `batch` are batches. Pure.
Pieces cut_into_pieces(const Program& program, const Chunking& chunking);

}  // namespace ganflow
