// Whole critic gradients, penalty included, against PyTorch float64 (tests/references/
// critic_gradients.py): inputs and weights come from Philox on both sides.
#include "tests/references/critic_gradients.h"

#include <doctest/doctest.h>

#include <cmath>

#include "engine/program/gradient.h"
#include "engine/rewrite/rewrite.h"
#include "engine/tensor/philox.h"
#include "ops/layers/mlp.h"
#include "ops/losses/wasserstein.h"
#include "ops/penalties/gradient_penalty.h"
#include "ops/primitives/primitives.h"
#include "support/compiled.h"
#include "support/test_formula.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

constexpr std::uint64_t kSeed = 2024;
constexpr Extent kBatch = 16;

// Outputs "loss", "slope", and "g0", "g1", ... of w, b of every layer; the input is lambda.
Program critic_program(const CriticReference& reference) {
  Builder builder;
  TestFormula f(builder, kBatch);
  const Network critic("D", mlp({reference.widths.begin(), reference.widths.end()}, relu));
  std::vector<Value> parameters;
  for (std::size_t i = 0; i + 1 < reference.widths.size(); ++i) {
    const Extent m = reference.widths[i], n = reference.widths[i + 1];
    const auto layer = static_cast<std::uint32_t>(i);
    parameters.push_back(random(builder, RandomKind::normal, {m, n}, 10 + layer) *
                         std::sqrt(2.0 / static_cast<double>(m)));
    f.bind(fmt::format("D/{}/w", i), parameters.back());
    parameters.push_back((random(builder, RandomKind::uniform, {n}, 20 + layer) - 0.5) * 0.2);
    f.bind(fmt::format("D/{}/b", i), parameters.back());
  }
  const Shape rows{kBatch, reference.widths[0]};
  const Value real = random(builder, RandomKind::uniform, rows, 1);
  const Value fake = random(builder, RandomKind::uniform, rows, 2);
  const Value e = random(builder, RandomKind::uniform, {kBatch}, 3);
  const Value x = fake + broadcast_rows(e, real) * (real - fake);
  const GradientPenalty penalty{.critic = critic,
                                .target = reference.root ? 1.0 : 0.0,
                                .measure = [&](Formula&, Value, Value) { return x; }};
  const Value loss = Wasserstein{}(f, critic(f, real), critic(f, fake)) + penalty(f, real, fake);
  const auto gradients = gradient(loss, parameters);
  output(builder, "loss", loss);
  output(builder, "slope", gradient(sum(critic(f, x)), x));
  for (std::size_t i = 0; i < gradients.size(); ++i)
    output(builder, "g" + std::to_string(i), gradients[i]);
  return without_dead_code(builder.program());
}

double worst_error(const Tensors& y, const CriticReference& reference) {
  double worst = std::abs(y.at("loss")[0] - reference.loss) / std::abs(reference.loss);
  worst = std::max(worst, summary_error(y.at("slope"), reference.slope, kSeed));
  for (std::size_t i = 0; i < reference.gradients.size(); ++i)
    worst = std::max(worst,
                     summary_error(y.at("g" + std::to_string(i)), reference.gradients[i], kSeed));
  return worst;
}

}  // namespace

TEST_SUITE_BEGIN("penalties");

TEST_CASE("critic gradients equal PyTorch's: traced, rewritten, compiled" *
          doctest::test_suite("exhaustive")) {
  for (const CriticReference& reference : critic_references()) {
    CAPTURE(reference.widths.size());
    CAPTURE(reference.widths[0]);
    CAPTURE(reference.root);
    const Program traced = critic_program(reference);
    const Program rewritten = rewrite(traced);
    CHECK(rewritten.nodes.size() < traced.nodes.size());
    const Tensors lambda = {{"node.lambda", {10.0}}};
    for (const Precision precision : {Precision::float64, Precision::float32}) {
      const double tolerance = precision == Precision::float64 ? 1e-10 : 1e-5;
      CAPTURE(tolerance);
      for (const Program* program : {&traced, &rewritten})
        CHECK(worst_error(evaluate(*program, lambda, {.precision = precision, .seed = kSeed}),
                          reference) <= tolerance);
      const RunOptions run{.compile = {.precision = precision}, .seed = kSeed};
      const double compiled = worst_error(run_compiled(traced, lambda, run), reference);
      CHECK(compiled <= tolerance);
      MESSAGE(reference.widths[0], "-", reference.widths[1], (reference.root ? " WGAN-GP" : " SGP"),
              ": worst error compiled ", compiled);
    }
  }
}

TEST_SUITE_END();
