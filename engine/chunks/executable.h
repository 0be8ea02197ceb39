// A program that is computed in chunks of its batch, by one process or several: Pieces as an
// Executable of any device that computes in the caller's thread.
#pragma once

#include <functional>
#include <memory>

#include "engine/chunks/peers.h"
#include "engine/chunks/pieces.h"
#include "engine/device/device.h"

namespace ganflow {

// How a replica is divided: into which chunks, and among whom (null: this process has them all).
// Rank r of K computes chunks r C / K .. (r + 1) C / K - 1, K being a power of two of at most C,
// and all that is no chunk's as every other rank does: what they assign is the same, bit for bit.
struct Division {
  Chunking chunking;
  std::shared_ptr<Peers> peers = nullptr;
  int ranks() const { return peers ? peers->size() : 1; }
};
// Throws Error(usage).
void check(const Division& division);

// Compiles a piece.
using CompilePiece = std::function<std::shared_ptr<const Executable>(const Program& piece)>;

// The same numbers for any number of ranks; other ones than those of `program` compiled whole, as
// far as sums over the batch round otherwise. Throws Error(usage) for a device whose work is not
// done when a call returns.
std::shared_ptr<const Executable> compile_in_chunks(const Device& device, const Program& program,
                                                    const Division& division,
                                                    const CompilePiece& compile);

}  // namespace ganflow
