// A source with several outputs: unused ones are never computed, used ones belong together.
#include <doctest/doctest.h>

#include "engine/error.h"
#include "engine/graph/graph_impl.h"
#include "engine/graph/lower.h"
#include "engine/graph/stages.h"
#include "engine/run/runner.h"
#include "engine/tensor/philox.h"
#include "ops/optimizers/sgd.h"
#include "ops/ports.h"
#include "ops/primitives/primitives.h"
#include "support/run_example.h"
#include "support/toy_flow.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

// Rows of three copies of a number, that number plus 1 in "next", and the row's place in "place".
struct Counted {
  std::size_t copies = 1;  // of the last output
  struct Open : Source {
    std::size_t copies;
    explicit Open(std::size_t n) : copies(n) {}
    std::vector<PortSpec> outputs(Extent batch) const override {
      std::vector<PortSpec> specs{{Shape{batch, 3}, "NP"}, {Shape{batch}, "N", "next"}};
      for (std::size_t i = 0; i < copies; ++i) specs.push_back({Shape{batch}, "N", "place", batch});
      return specs;
    }
    void fill(const Draw& draw, Extent batch,
              std::span<const std::span<float>> out) const override {
      for (Extent i = 0; i < batch; ++i) {
        const auto row = static_cast<std::size_t>(i);
        const auto x = static_cast<float>(
            uniform01(random_word(draw.seed, draw.stream, draw.step, static_cast<unsigned>(i))));
        for (std::size_t j = 0; j < 3 && !out[0].empty(); ++j) out[0][3 * row + j] = x;
        if (!out[1].empty()) out[1][row] = x + 1;
        if (!out[2].empty()) out[2][row] = static_cast<float>(i);
      }
    }
  };
  std::shared_ptr<const Source> open() const { return std::make_shared<Open>(copies); }
};

// Something to train, so that the graph passes check().
struct Fit {
  Value operator()(Formula& f, Value x) const {
    const Value w = f.variable("w", {3, 1}, Keep::parameter,
                               [](std::uint64_t, std::uint32_t, std::span<double> out) {
                                 for (double& v : out) v = 0.5;
                               });
    return mean(square(matmul(x, w)));
  }
};
const auto kMismatch = [](Formula&, Value rows, Value next) {
  return mean(square(row_sums(rows) - 3.0 * (next - 1.0)));
};

const CutStage& stage(const PhaseStages& cut, const std::string& name) {
  for (const CutStage& s : cut.stages)
    if (s.name == name) return s;
  fail(Fault::usage, "no stage {}", name);
}

}  // namespace

TEST_SUITE("graph") {
  TEST_CASE("a port names the outputs of its node") {
    Graph g("test", {.batch = 4});
    const Port rows = g.add("counted", Counted{});
    CHECK(rows.shape() == Shape{4, 3});
    CHECK(rows.classes() == 0);
    CHECK(rows.output("next").shape() == Shape{4});
    CHECK(rows.output("place").classes() == 4);
    CHECK(rows.output("place").output("next").index() == 1);
    CHECK(rows.has_output("next"));
    CHECK_FALSE(rows.has_output("label"));
    CHECK(error_of([&] { rows.output("label"); }) ==
          "2 counted (Counted): it has no output 'label', beside its main output there is next, "
          "place");
    const Port sum = rows + rows;
    CHECK_FALSE(sum.has_output("next"));
    CHECK(error_of([&] { sum.output("next"); }) ==
          "2 Sum(counted,counted) (Sum): it has no output 'next', its main output is the only one");
    CHECK(error_of([&] { g.add("many", Counted{.copies = 7}); }) ==
          "2 many (Counted): it has 9 outputs, a source has 1 to 8");
  }

  TEST_CASE("only the outputs that are read have buffers") {
    Graph g("test", {.batch = 4});
    const Port rows = g.add("counted", Counted{});
    const Network D = g.network("D", [](Formula& f, Value x) { return Fit{}(f, x); });
    const auto loss = g.add(
        "loss", [D](Formula& f, Value x) { return D(f, x); }, rows);
    g.phase("first", 1).minimize("first_step", loss, D, Sgd{});
    const auto wrong = g.add("wrong", kMismatch, rows, rows.output("next"));
    g.phase("second", 1).minimize("second_step", loss + 1e-3 * wrong, D, Sgd{});
    const PhaseStages first = cut_phase(g.impl(), 0, Granularity::overlap),
                      second = cut_phase(g.impl(), 1, Granularity::overlap);
    const auto& one = stage(first, "counted").outputs;
    REQUIRE(one.size() == 3);
    CHECK(one[0] >= 0);
    CHECK(one[1] == -1);
    CHECK(one[2] == -1);
    const auto& two = stage(second, "counted").outputs;
    CHECK(two[0] >= 0);
    CHECK(two[1] >= 0);
    CHECK(two[2] == -1);
    CHECK(second.buffers[two[1]].bytes == 4 * sizeof(float));
  }

  TEST_CASE("outputs of one draw stay together for any number of threads") {
    std::vector<std::vector<std::byte>> expected;
    for (const int threads : {1, 2, 8}) {
      Graph g("test", {.batch = 16});
      const Port rows = g.add("counted", Counted{});
      const Network D = g.network("D", [](Formula& f, Value x) { return Fit{}(f, x); });
      const auto loss = g.add(
          "loss", [D](Formula& f, Value x) { return D(f, x); }, rows);
      g.phase("critic", 3).minimize("critic_step", loss, D, Sgd{.lr = 1e-3});
      // Only a further output of the source is read here.
      const auto blind = g.add(
          "blind", [D](Formula& f, Value next) { return D(f, broadcast(next, {1}, {3})); },
          rows.output("next"));
      g.phase("generator", 1).minimize("generator_step", blind, D, Sgd{.lr = 1e-3});
      g.tap("wrong", g.add("wrong", kMismatch, rows, rows.output("next")));
      g.tap("place", mean(rows.output("place")));
      g.tap("next", rows.output("next"));
      ProgramCache cache;
      std::vector<LoweredReplica> lowered{lower(g, 3, cache)};
      MemorySink sink(lowered);
      const RunResult result = run_toy(std::move(lowered), {.steps = 60, .threads = threads}, sink);
      CHECK_FALSE(result.replicas[0].failed);
      const auto names = sink.tables[0][0].columns();
      for (std::size_t c = 0; c < names.size(); ++c) {
        const auto values =
            c == 0 ? std::vector<float>() : sink.column<float>(0, 0, static_cast<int>(c));
        if (names[c].name == "wrong")
          for (const float v : values) REQUIRE(v < 1e-10f);
        if (names[c].name == "place")
          for (const float v : values) REQUIRE(v == 7.5f);
        if (names[c].name == "next.p50")
          for (const float v : values) REQUIRE((v > 1 && v < 2));
      }
      const auto rows_written = sink.deterministic_rows(0);
      if (threads == 1) expected = rows_written;
      CHECK(rows_written == expected);
    }
  }
}
