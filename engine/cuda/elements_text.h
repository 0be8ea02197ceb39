// The statements of a tape for one element e and for one kept element c.
#pragma once

#include "engine/cuda/body.h"

namespace ganflow::cuda {

// Where saved tensors are, as text with {} for the tensor's number.
struct SavedIn {
  std::string at;
};

// `using Index`: 32 bits where every element and offset of the tape fits.
void add_index_type(Body& body, const Tape& tape);
// Declares the registers of a stage and loads the single numbers it uses.
void add_registers(Body& body, const Tape& tape, const Stage& stage);
// Throws Error(usage) naming a primitive whose formula has no text.
void add_segments(Body& body, const Tape& tape, const Stage& stage, const SavedIn& saved);
// In a scope that has c, first, t and kept.
void add_kept_op(Body& body, const Tape& tape, const Op& op);

}  // namespace ganflow::cuda
