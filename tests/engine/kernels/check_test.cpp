// The checker of launches: every promise broken by hand in a list that keeps them all.
#include "engine/kernels/check.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "engine/rewrite/rewrite.h"
#include "ops/primitives/primitives.h"
#include "support/launches.h"
#include "support/steps.h"

using namespace ganflow;
using namespace ganflow::kernels;
using namespace ganflow::test;

namespace {

using Sentences = std::vector<std::string>;

Region region(Space space, std::size_t offset, std::size_t bytes, ValueId value,
              std::size_t first = 0) {
  return {{space, 0, offset}, bytes, value, first, 4, {.aligned = true}};
}

// %0 is an input, %1 a variable; %2 is made of them, %3 of %2, and put out.
Launches chain() {
  Launches l;
  l.arena_bytes = 128;
  l.constant_bytes = 64;
  l.input_bytes = l.variable_bytes = l.output_bytes = {64};
  l.given = {region(Space::input, 0, 64, 0), region(Space::variable, 0, 64, 1)};
  l.list.resize(2);
  l.list[0].reads = {region(Space::input, 0, 64, 0), region(Space::variable, 0, 64, 1)};
  l.list[0].writes = {region(Space::arena, 64, 64, 2)};
  l.list[1].reads = {region(Space::arena, 64, 32, 2), region(Space::arena, 96, 32, 2, 32)};
  l.list[1].writes = {region(Space::output, 0, 64, 3)};
  l.wanted = {region(Space::output, 0, 64, 3)};
  return l;
}

Dependences in_order(const Launches& l) {
  Dependences after(l.list.size());
  for (std::size_t i = 1; i < after.size(); ++i) after[i] = {i - 1};
  return after;
}

}  // namespace

TEST_SUITE_BEGIN("check");

TEST_CASE("a list that keeps every promise") {
  const Launches l = chain();
  CHECK(faults(l) == Sentences{});
  CHECK(faults(l, in_order(l)) == Sentences{});
  REQUIRE(hazards(l).size() == 1);
  CHECK(hazards(l)[0].kind == Hazard::Kind::read_after_write);
}

TEST_CASE("read before written: the producer gone, part of it, in the wrong order") {
  Launches gone = chain();
  gone.list.erase(gone.list.begin());
  CHECK(faults(gone) ==
        Sentences{"launch 0 reads %2 before it is written: bytes 64 to 96 of the arena",
                  "launch 0 reads %2 before it is written: bytes 96 to 128 of the arena"});
  Launches part = chain();
  part.list[0].writes[0].bytes = 60;
  CHECK(faults(part) ==
        Sentences{"launch 1 reads %2 before it is written: bytes 96 to 128 of the arena"});
  Launches swapped = chain();
  std::swap(swapped.list[0], swapped.list[1]);
  CHECK(faults(swapped).size() == 2);
}

TEST_CASE("another value, or another part of it, lies where one is read") {
  Launches other = chain();
  Launch between;
  between.writes = {region(Space::arena, 100, 4, 9)};
  other.list.insert(other.list.begin() + 1, between);
  CHECK(faults(other) ==
        Sentences{"launch 2 reads %2 where %9 lies: bytes 96 to 128 of the arena"});
  Launches shifted = chain();
  shifted.list[1].reads[1].first = 28;
  CHECK(faults(shifted).size() == 1);
  Launches updated = chain();  // a variable that is read behind its update
  updated.list[0].writes.push_back(region(Space::variable, 0, 64, 5));
  updated.list[1].reads.push_back(region(Space::variable, 0, 64, 1));
  CHECK(faults(updated) ==
        Sentences{"launch 1 reads %1 where %5 lies: bytes 0 to 64 of variable 0"});
}

TEST_CASE("beyond the arena, the constants and the scratch") {
  Launches l = chain();
  l.arena_bytes = 127;
  CHECK(faults(l).size() == 2);
  CHECK(faults(l)[0] == "launch 0 goes beyond 127 bytes: bytes 64 to 128 of the arena");
  l = chain();
  l.list[0].writes.push_back(region(Space::scratch, 0, 8, 0));
  CHECK(faults(l).size() == 1);
  l.scratch_bytes = 8;
  CHECK(faults(l) == Sentences{});
  l.given.push_back(region(Space::constants, 60, 8, 7));
  l.list[0].reads.push_back(region(Space::constants, 60, 8, 7));
  CHECK(faults(l).size() == 2);  // where it is given and where it is read
}

TEST_CASE("beyond a slot, and a slot that the program does not have") {
  Launches l = chain();
  l.input_bytes = {63};
  CHECK(faults(l) == Sentences{"the start goes beyond 63 bytes: bytes 0 to 64 of input 0",
                               "launch 0 goes beyond 63 bytes: bytes 0 to 64 of input 0"});
  l = chain();
  l.variable_bytes = {};
  CHECK(faults(l) == Sentences{"the start has no place: bytes 0 to 64 of variable 0",
                               "launch 0 has no place: bytes 0 to 64 of variable 0"});
  l = chain();
  l.output_bytes = {60};
  CHECK(faults(l) == Sentences{"launch 1 goes beyond 60 bytes: bytes 0 to 64 of output 0",
                               "the end goes beyond 60 bytes: bytes 0 to 64 of output 0"});
  l = chain();  // part of the variable is updated, from its last bytes on
  l.list[1].writes.push_back(region(Space::variable, 60, 8, 5));
  CHECK(faults(l) == Sentences{"launch 1 goes beyond 64 bytes: bytes 60 to 68 of variable 0"});
}

TEST_CASE("inputs and constants are only read") {
  for (const Space space : {Space::input, Space::constants}) {
    Launches l = chain();
    l.list[1].writes.push_back(region(space, 0, 4, 3));
    REQUIRE(faults(l).size() == 1);
    CHECK(faults(l)[0].find("launch 1 writes %3 to what is only read") == 0);
  }
}

TEST_CASE("a launch writes over what it reads in step only, and no byte twice") {
  Launches l = chain();
  l.list[0].writes = {region(Space::variable, 0, 64, 2)};
  l.list[1].reads = {region(Space::variable, 0, 64, 2)};
  CHECK(faults(l) == Sentences{});
  Launches wild = l;
  wild.list[0].reads[1].traversal.aligned = false;
  CHECK(faults(wild) ==
        Sentences{"launch 0 writes %2 over %1, which it still reads: bytes 0 to 64 of variable 0"});
  l.list[0].reads[1].traversal.shift = 1;
  CHECK(faults(l).size() == 1);
  Launches twice = chain();
  twice.list[0].writes.push_back(twice.list[0].writes[0]);
  twice.list[0].writes[1].value = 8;
  CHECK(faults(twice)[0].find("writes two values") != std::string::npos);
}

TEST_CASE("results that are not there at the end") {
  Launches l = chain();
  l.wanted.push_back(region(Space::variable, 0, 64, 3));
  CHECK(faults(l) == Sentences{"the end reads %3 where %1 lies: bytes 0 to 64 of variable 0"});
}

TEST_CASE("side by side, every hazard waits") {
  Launches l = chain();
  Launch late;  // writes where 1 reads, then where 0 has written
  late.writes = {region(Space::arena, 64, 64, 4)};
  l.list.push_back(late);
  CHECK(faults(l) == Sentences{});
  CHECK(hazards(l).size() == 3);
  CHECK(faults(l, {{}, {0}, {1}}) == Sentences{});  // 2 waits for 0 through 1
  CHECK(faults(l, {{}, {}, {1}}) ==
        Sentences{"launch 1 reads what launch 0 writes without waiting for it",
                  "launch 2 writes what launch 0 writes without waiting for it"});
  CHECK(faults(l, {{}, {0}, {0}}) ==
        Sentences{"launch 2 writes what launch 1 reads without waiting for it"});
}

TEST_CASE("the longest chain: what the data asks for, and what sharing memory adds") {
  Launches l = chain();
  Launch beside;  // makes %4 of the input, where %2 was
  beside.reads = {region(Space::input, 0, 64, 0)};
  beside.writes = {region(Space::arena, 64, 64, 4)};
  Launch reader;
  reader.reads = {region(Space::arena, 64, 64, 4)};
  reader.writes = {region(Space::output, 64, 64, 5)};
  l.list.insert(l.list.end(), {beside, reader});
  const std::vector<Hazard> all = hazards(l);
  std::vector<Hazard> data = all;
  std::erase_if(data, [](const Hazard& h) { return h.kind != Hazard::Kind::read_after_write; });
  CHECK(data.size() == 2);  // 3 reads where 0 wrote, but not what 0 wrote
  CHECK(critical_path(4, data) == 2);
  CHECK(critical_path(4, all) == 4);
  CHECK(critical_path(0, {}) == 0);
}

TEST_CASE("a training step side by side: its hazards are what its launches have to wait for") {
  for (const Program& step : {critic_step(thesis()), critic_step(toy())}) {
    // Without the scratch, which calls of one thread share.
    Launches l = launches_of(rewrite(step));
    for (Launch& launch : l.list)
      std::erase_if(launch.writes, [](const Region& r) { return r.place.space == Space::scratch; });
    Dependences after(l.list.size());
    for (const Hazard& h : hazards(l)) after[h.later].push_back(h.earlier);
    CHECK(faults(l, after) == Sentences{});
    for (std::size_t i = 0; i < after.size(); ++i) {
      if (after[i].empty()) continue;
      Dependences less = after;
      less[i].clear();
      CHECK_FALSE(faults(l, less).empty());
    }
  }
}

TEST_CASE("no launch of a training step can be left out, none that hands on can change places") {
  for (const Program& step : {critic_step(thesis()), generator_step(mnist())}) {
    const Launches l = launches_of(rewrite(step));
    for (std::size_t i = 0; i < l.list.size(); ++i) {
      CAPTURE(i);
      Launches less = l;
      less.list.erase(less.list.begin() + static_cast<std::ptrdiff_t>(i));
      CHECK_FALSE(faults(less).empty());
    }
    int swapped = 0;
    for (const Hazard& h : hazards(l)) {
      const auto scratch = [](const Region& r) { return r.place.space == Space::scratch; };
      const Launch& first = l.list[h.earlier];
      if (h.kind == Hazard::Kind::write_after_write &&
          std::any_of(first.writes.begin(), first.writes.end(), scratch))
        continue;  // they share scratch, in either order
      CAPTURE(h.earlier);
      CAPTURE(h.later);
      Launches other = l;
      std::swap(other.list[h.earlier], other.list[h.later]);
      CHECK_FALSE(faults(other).empty());
      ++swapped;
    }
    CHECK(swapped > 20);
  }
}

TEST_SUITE_END();
