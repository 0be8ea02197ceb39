// Where the values lie that cross from piece to piece, in the arena of the whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/chunks/pieces.h"

namespace ganflow {

// Offsets of a crossing value.
struct CrossingPlace {
  std::size_t whole = 0;           // where it lies as a whole, if it ever does
  std::vector<std::size_t> parts;  // where it is computed: by a piece once, or by each own chunk
};

// Behind a chunked piece: what every rank has of values that are put together. A region per rank,
// one behind another; those of all ranks are gathered.
struct ChunkJoint {
  struct Item {
    std::uint32_t crossing = 0;
    std::size_t offset = 0;  // in a region
    std::size_t bytes = 0;   // of a chunk's part
  };
  int behind = 0;  // piece
  std::size_t regions = 0, bytes = 0;
  std::vector<Item> items;
};

struct ChunkLayout {
  int rank = 0;
  int first_chunk = 0, own_chunks = 1;
  std::vector<CrossingPlace> crossing;
  std::vector<std::vector<std::size_t>> slices;  // by piece and input: for rows out of a whole
  std::vector<ChunkJoint> joints;
  std::size_t arena_bytes = 0;
  const ChunkJoint* joint_behind(std::size_t piece) const;
};

// As float32 computes.
std::size_t bytes_of(const TensorType& type);

// From `begin` on, behind what the pieces' own arena takes. A sum's first part lies in the rank's
// region and its whole in that of rank 0, where the trees of sums end.
ChunkLayout lay_out(const Pieces& pieces, const Chunking& chunking, int ranks, int rank,
                    std::size_t begin);

}  // namespace ganflow
