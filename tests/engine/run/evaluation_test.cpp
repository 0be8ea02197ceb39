// Samples and metrics of a checkpoint are those of the run; draws of their own share nothing.
#include "engine/run/evaluation.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "support/run_example.h"
#include "support/toy_flow.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

constexpr std::size_t kRow = 3;

const Device& cpu() { return *open_device("cpu"); }

Restored first_state(const LoweredReplica& replica) {
  Restored state;
  for (const VariableInfo& v : replica.variables)
    state.variables[v.name].assign(static_cast<std::size_t>(v.shape.elements()), 0.3f);
  return state;
}

std::set<std::vector<float>> rows_of(const std::vector<float>& samples) {
  std::set<std::vector<float>> rows;
  for (std::size_t i = 0; i < samples.size(); i += kRow)
    rows.emplace(samples.begin() + static_cast<std::ptrdiff_t>(i),
                 samples.begin() + static_cast<std::ptrdiff_t>(i + kRow));
  return rows;
}

}  // namespace

TEST_SUITE("evaluation") {
  TEST_CASE("a checkpoint's samples and metrics are those of the run") {
    for (const bool fixed : {false, true}) {
      const ToyOptions toy{.evaluate_every = 3, .fixed_noise = fixed};
      const LoweredReplica replica = toy_replica(9, toy);
      std::vector<LoweredReplica> lowered{toy_replica(9, toy)};
      MemorySink sink(lowered);
      run_toy(std::move(lowered), {.steps = 12, .checkpoint_every = 3}, sink);
      const auto means = sink.column<double>(0, 2, 1);
      REQUIRE(sink.commits.size() == 4);
      for (std::size_t c = 0; c < sink.commits.size(); ++c) {
        const Restored state = sink.restored(0, c);
        CHECK(measure_samples(replica, replica.evaluations[0], state, cpu())[0] == means[c + 1]);
        if (!fixed) continue;
        CHECK(generate(replica, replica.evaluations[1], state, 6, 0, cpu()) ==
              sink.pictures[c + 1].data);
      }
    }
  }

  // Was: 1,000 samples of draw 1 repeated 936 of draw 0, whose calls its draw was counted in.
  TEST_CASE("two draws share no sample, however many are drawn") {
    const LoweredReplica replica = toy_replica(9, {.evaluate_every = 3});
    const Restored state = first_state(replica);
    const LoweredEvaluation& e = replica.evaluations[1];
    std::set<std::vector<float>> all;
    for (const std::uint64_t draw : {0, 1, 2}) {
      const auto rows = rows_of(generate(replica, e, state, 100, draw, cpu()));
      CHECK(rows.size() == 100);
      all.insert(rows.begin(), rows.end());
    }
    CHECK(all.size() == 300);
    // More samples of a draw begin with the same ones.
    const auto few = generate(replica, e, state, 5, 1, cpu()),
               many = generate(replica, e, state, 9, 1, cpu());
    CHECK(few.size() == 5 * kRow);
    CHECK(std::equal(few.begin(), few.end(), many.begin()));
  }

  // Was: all samples of the last call were kept, 500 for a grid of 270.
  TEST_CASE("a run writes as many samples as were asked for") {
    std::vector<LoweredReplica> lowered{toy_replica(9, {.evaluate_every = 3, .fixed_noise = true})};
    lowered[0].evaluations[1].samples = 5;
    MemorySink sink(lowered), whole(lowered);
    std::vector<LoweredReplica> six{toy_replica(9, {.evaluate_every = 3, .fixed_noise = true})};
    run_toy(std::move(lowered), {.steps = 3}, sink);
    run_toy(std::move(six), {.steps = 3}, whole);
    REQUIRE(sink.pictures.size() == whole.pictures.size());
    for (std::size_t i = 0; i < sink.pictures.size(); ++i) {
      const auto &is = sink.pictures[i].data, &all = whole.pictures[i].data;
      CHECK(is == std::vector<float>(all.begin(), all.begin() + 5 * kRow));
    }
  }

  TEST_CASE("numbers of samples and draws that make no sense are refused") {
    const LoweredReplica replica = toy_replica(9, {.evaluate_every = 3});
    const Restored state = first_state(replica);
    const auto said = [&](Extent n, std::uint64_t draw) {
      return error_of([&] { generate(replica, replica.evaluations[1], state, n, draw, cpu()); });
    };
    CHECK(said(0, 0) == "2 samples: 0 samples are asked for, at least 1 can be drawn");
    CHECK(said(1, std::uint64_t{1} << 32) ==
          "2 samples: draw is 4294967296, it must be at most 4294967295");
    CHECK(said(1, 4294967295).empty());
  }
}
