// The output of planning: what a device has to launch, in order, and the bytes that each launch
// reads and writes.
#pragma once

#include "engine/kernels/tape.h"
#include "engine/kernels/traversal.h"

namespace ganflow::kernels {

// Bytes that hold elements of a value.
struct Region {
  Place place;  // of the first of them
  std::size_t bytes = 0;
  ValueId value = 0;
  std::size_t first = 0;  // bytes of the value before them
  std::size_t element_bytes = 0;
  Traversal traversal;  // how the launch walks the value
};

// Rows of a product's first operand that lie behind one another.
struct OperandRows {
  Place place;
  Extent rows = 0;
};

struct Launch {
  enum class Kind : std::uint8_t {
    tape,
    product,  // a product, and the tape of what follows it elementwise
    kernel,   // one primitive by its own kernel
    copy,     // a tape that moves one value
  } kind = Kind::tape;
  std::vector<ValueId> members;  // in program order; of a copy: its value
  int level = 0;                 // 1 + the largest level of those whose values it reads; copies: 0
  Tape tape;                     // of a product without epilogue: no stages
  // Products and kernels: the node, its dense operands, its dense result. A product whose result
  // only its epilogue sees has none.
  ValueId node = 0;
  std::vector<Place> inputs;
  // Of a product whose first operand lies nowhere as a whole (inputs[0]): where its rows lie.
  std::vector<OperandRows> blocks;
  Place output;
  Place workspace;  // of a product whose kernel asks for one (Target::workspace)

  std::vector<Region> reads, writes;
};

struct Launches {
  std::vector<Launch> list;
  std::vector<Region> given;   // defined before the first launch: inputs, variables, constants
  std::vector<Region> wanted;  // to be there behind the last: results where they belong
  std::size_t arena_bytes = 0;
  std::size_t constant_bytes = 0;
  std::size_t scratch_bytes = 0;  // set by a device that adds regions of scratch
  // By slot of the program: what the world outside binds.
  std::vector<std::size_t> input_bytes, variable_bytes, output_bytes;
};

Launches make_launches(const Classified& classified, const Fusion& fusion, const Plan& plan,
                       Precision precision);

}  // namespace ganflow::kernels
