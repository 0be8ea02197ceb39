// Tables of a run as text that spreadsheets and every data tool read (RFC 4180).
#pragma once

#include <string>
#include <vector>

#include "engine/graph/table.h"
#include "io/run/run_index.h"

namespace ganflow {

// A header of column names, then all committed rows of the replica's table in step order, numbers
// in the fewest digits that give the same bits. Written durably. Throws Error(input) for a damaged
// file, Error(output).
void write_csv(const std::string& path, const std::string& run, const ReplicaInfo& replica,
               const Table& table);

// Quoted where it holds a comma, a quote or a line's end.
std::string csv_field(const std::string& text);

}  // namespace ganflow
