// Every source that a device may keep, as small sets, and a program that draws them all.
#pragma once

#include <memory>
#include <vector>

#include "engine/graph/host.h"

namespace ganflow::test {

std::vector<std::shared_ptr<const Source>> resident_sources();

// All outputs of all sources, in order; source i by stream i, those of odd number two steps behind
// the clock.
struct DrawingProgram {
  static std::uint32_t offset(std::size_t i) { return i % 2 ? 2 : 0; }
  explicit DrawingProgram(Extent batch);

  std::vector<std::shared_ptr<const Source>> sources = resident_sources();
  Builder builder;
  std::vector<Resident::Table> tables;  // by input
  std::vector<Shape> shapes;            // by output
};

}  // namespace ganflow::test
