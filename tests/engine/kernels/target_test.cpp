// Planning for devices other than the CPU: the target alone decides.
#include "engine/kernels/target.h"

#include <doctest/doctest.h>

#include "engine/cpu/target.h"
#include "engine/kernels/report.h"
#include "engine/rewrite/rewrite.h"
#include "ops/primitives/primitives.h"
#include "support/launches.h"
#include "support/steps.h"

using namespace ganflow;
using namespace ganflow::kernels;
using namespace ganflow::test;

namespace {

bool never(const Primitive&, Types, const Attributes&) { return false; }
bool matmuls(const Primitive& primitive, Types, const Attributes&) {
  return &primitive == &matmul_primitive();
}
int count(const Launches& launches, Launch::Kind kind) {
  int n = 0;
  for (const Launch& launch : launches.list) n += launch.kind == kind;
  return n;
}

Program dense_layer() {
  Builder b;
  const Value x = input(b, "x", {{8, 5}}), w = input(b, "w", {{5, 6}}), bias = input(b, "b", {{6}});
  output(b, "y", tanh(matmul(x, w) + bias));
  return b.program();
}
Program convolution() {
  Builder b;
  const Value x = input(b, "x", {{2, 3, 9, 9}}), k = input(b, "k", {{4, 3, 3, 3}});
  output(b, "y", tanh(conv2d(x, k)));
  return b.program();
}

}  // namespace

TEST_SUITE_BEGIN("plan");

TEST_CASE("a device whose products take no epilogue gets them in kernels of their own") {
  Target target = cpu::target();
  CHECK(planned(dense_layer(), target).report.kernels == 1);
  target.takes_epilogue = &never;
  const Planned without = planned(dense_layer(), target);
  CHECK(without.report.kernels == 2);
  CHECK(without.report.products == 1);
  CHECK(count(without.launches, Launch::Kind::product) == 1);
  CHECK(faults(without.launches) == std::vector<std::string>{});
}

TEST_CASE("what is no product of the device runs by the primitive's own kernel") {
  Target target = cpu::target();
  CHECK(count(planned(convolution(), target).launches, Launch::Kind::product) == 1);
  target.is_product = &matmuls;
  const Planned other = planned(convolution(), target);
  CHECK(count(other.launches, Launch::Kind::product) == 0);
  CHECK(count(other.launches, Launch::Kind::kernel) == 1);
  CHECK(other.report.flops == planned(convolution(), cpu::target()).report.flops);
}

TEST_CASE("a device that works on channels first gets no permutations") {
  const auto permutes = [](ImageOrder order) {
    int n = 0;
    for (const Node& node : rewrite(convolution(), {.images = order}).nodes)
      n += node.primitive == &permute_primitive();
    return n;
  };
  CHECK(permutes(ImageOrder::channels_first) == 0);
  CHECK(permutes(ImageOrder::channels_last) == 2);
}

TEST_CASE("buffers are aligned as the device wants it") {
  Target target = cpu::target();
  target.alignment = 256;
  const Launches launches = planned(critic_step(thesis()), target).launches;
  CHECK(launches.arena_bytes % 256 == 0);
  CHECK(faults(launches) == std::vector<std::string>{});
  int unaligned = 0, apart = 0;
  for (const Launch& launch : launches.list)
    for (const Region& r : launch.writes)
      if (r.place.space == Space::arena) {
        unaligned += r.place.offset % 256 != 0;
        apart += r.place.offset > 0;
      }
  CHECK(apart > 5);
  CHECK(unaligned < apart / 2);  // parts of a concat lie where its rows do
}

TEST_SUITE_END();
