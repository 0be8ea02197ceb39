// Schedule and buffers: when every kernel and copy runs, and where every stored value lies.
#pragma once

#include <map>
#include <set>
#include <utility>

#include "engine/kernels/group.h"

namespace ganflow::kernels {

// scratch: of one kernel, as much as the device's kernels ask for; clock: what draws read. Planning
// knows nothing of these two.
enum class Space : std::uint8_t { none, arena, constants, input, variable, output, scratch, clock };

// Where a tensor lies; resolved against the Bindings of a run.
struct Place {
  Space space = Space::none;
  std::uint32_t slot = 0;
  std::size_t offset = 0;  // bytes
};

// A kernel of the fusion, or (kernel < 0) a copy of a value of `type`, read as `reading` of a
// tensor at `from`, to `to`.
struct Step {
  int kernel = -1;
  ValueId value = 0;  // copies: which value
  TensorType type;
  Reading reading;
  Place from, to;
  bool second = false;  // `from` is where an earlier copy has set the value aside
};

// Memory of the arena that a kernel alone uses, while it runs.
struct Workspace {
  Place place;
  std::size_t bytes = 0;
};

struct PlanOptions {
  bool coalesce = true;  // concat placement and updates in step share buffers
  // For tests, which break one promise at a time: each must show as wrong numbers.
  bool anti_dependences = true;      // readers of a variable precede its update in place
  bool interference = true;          // two live values never overlap
  bool track_rows = true;            // uses are known per block of rows
  bool places_keep_parts = true;     // reading a concat is a use of its parts
  bool double_buffer_to_end = true;  // an update beside its variable lives until it is copied
};

struct Plan {
  std::vector<Step> steps;
  std::vector<Place> places;  // by node: of everything that is read or stored
  std::size_t arena_bytes = 0;
  std::size_t constant_bytes = 0;
  std::vector<ValueId> constants;  // to be computed when compiling, at places[id]
  int copies = 0;                  // of concat parts
  // Parts (place, position) that are copied into their place; others are computed where they lie.
  std::set<std::pair<ValueId, std::size_t>> copied_parts;
  // Places that lie nowhere as a whole: read in blocks of rows (row_blocks.h).
  std::set<ValueId> apart;
  std::map<int, Workspace> workspaces;  // by kernel of the fusion
};

Plan make_plan(const Classified& classified, const Fusion& fusion, Precision precision,
               const PlanOptions& options = {});

}  // namespace ganflow::kernels
