// How each value of a program relates to the rows of its batch: what it takes to compute the batch
// in chunks of rows, apart from each other.
#pragma once

#include <vector>

#include "engine/program/program.h"

namespace ganflow {

// A program with a batch of N rows runs in stages: whole values of stage 0, rows of stage 0 chunk
// by chunk, whole values of stage 1, and so on. Between two stages, what the chunks left is put
// together.
struct RowForm {
  enum class Kind : std::uint8_t {
    whole,  // computed once, from whole values
    rows,   // row r depends on rows r alone: every chunk computes its own. The value's leading axis
            // is a number of blocks of N rows each, one batch behind another
    sum     // the sum of what every chunk computes from its rows
  } kind = Kind::whole;
  // When it is computed; of a sum, when its chunks are: as a whole it is there one stage later, and
  // so is the whole of rows.
  int stage = 0;
  // By operand: it is read as rows, those of the chunk. The others are read as a whole.
  std::vector<bool> reads_rows = {};
};

// By node, from the primitives' row signatures alone. Rows begin with the inputs of leading extent
// `batch` and with what is drawn for a multiple of it. An operation that couples rows and is no sum
// over them is computed as a whole, of the whole of its operands.
std::vector<RowForm> row_forms(const Program& program, Extent batch);

// The stage from which on a value is there as a whole, and as rows.
int whole_from(const RowForm& form);
int rows_from(const RowForm& form);

}  // namespace ganflow
