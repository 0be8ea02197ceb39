#include "support/resident_sources.h"

#include <fmt/format.h>

#include "engine/program/leaves.h"
#include "engine/tensor/philox.h"
#include "ops/sources/gaussian1d.h"
#include "ops/sources/gaussians2d.h"
#include "ops/sources/memory_set.h"
#include "ops/sources/spheres.h"
#include "ops/sources/swiss_roll.h"

namespace ganflow::test {
namespace {

// 20 items of 9 bytes: three batches an epoch, two items left over, a number of bytes that is no
// whole number of words nor of blocks of noise.
MemorySet set() {
  auto bytes = std::make_shared<std::vector<std::uint8_t>>();
  auto labels = std::make_shared<std::vector<std::uint16_t>>();
  for (unsigned i = 0; i < 21; ++i) {
    for (unsigned j = 0; j < 9; ++j)
      bytes->push_back(static_cast<std::uint8_t>(random_word(1, 2, i, j)));
    labels->push_back(static_cast<std::uint16_t>(random_word(1, 3, 0, i) % 10));
  }
  return {.name = "set",
          .bytes = bytes,
          .item = {1, 3, 3},
          .axes = "CHW",
          .labels = labels,
          .classes = 10};
}

}  // namespace

std::vector<std::shared_ptr<const Source>> resident_sources() {
  const auto changed = [](auto change) {
    MemorySet s = set();
    change(s);
    return s.open();
  };
  return {changed([](MemorySet&) {}),
          changed([](MemorySet& s) { s.range = PixelRange::symmetric; }),
          changed([](MemorySet& s) { s.dequantise = true, s.labels = nullptr; }),
          changed([](MemorySet& s) {
            s.dequantise = s.with_replacement = true;
            s.range = PixelRange::symmetric;
          }),
          changed([](MemorySet& s) { s.in_order = true; }),
          Spheres{.side = 12, .radius = 2}.open(),
          Spheres{.side = 12, .radius = 2, .images = 20}.open(),
          Spheres{.count = 2, .side = 14, .radius = 2}.open(),
          Spheres{.count = 2,
                  .side = 10,
                  .radius = 2,
                  .sharp = true,
                  .subset = 0.5,
                  .with_replacement = true}
              .open(),
          Gaussian1d{}.open(),
          Gaussians8{}.open(),
          Gaussians25{}.open(),
          SwissRoll{}.open()};
}

DrawingProgram::DrawingProgram(Extent batch) {
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const Resident resident = sources[i]->resident().value();
    std::vector<Value> values;
    for (const Resident::Table& table : resident.tables) {
      values.push_back(input(builder, fmt::format("t{}", tables.size()), table.type));
      tables.push_back(table);
    }
    for (const Value& drawn :
         resident.draw(values, batch, {static_cast<std::uint32_t>(i), {0, offset(i)}})) {
      output(builder, fmt::format("o{}", shapes.size()), drawn);
      shapes.push_back(drawn.shape());
    }
  }
}

}  // namespace ganflow::test
