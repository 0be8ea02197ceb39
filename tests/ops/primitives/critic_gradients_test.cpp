// Whole critic gradients, penalty included, against PyTorch float64 (tests/references/
// critic_gradients.py): the formulas are written in primitives, inputs and weights come from Philox
// on both sides.
#include "tests/references/critic_gradients.h"

#include <doctest/doctest.h>

#include <cmath>

#include "engine/program/rewrite.h"
#include "ops/primitives/primitives.h"
#include "tests/support/gradient_check.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

constexpr std::uint64_t kSeed = 2024;
constexpr Extent kBatch = 16;

// Outputs "loss", "slope", and "g0", "g1", ... of w, b of every layer.
Program critic_program(const CriticReference& reference) {
  Builder builder;
  std::vector<Value> parameters;
  for (std::size_t i = 0; i + 1 < reference.widths.size(); ++i) {
    const Extent m = reference.widths[i], n = reference.widths[i + 1];
    const auto layer = static_cast<std::uint32_t>(i);
    parameters.push_back(random(builder, RandomKind::normal, {m, n}, 10 + layer) *
                         std::sqrt(2.0 / static_cast<double>(m)));
    parameters.push_back((random(builder, RandomKind::uniform, {n}, 20 + layer) - 0.5) * 0.2);
  }
  const auto critic = [&](Value x) {
    for (std::size_t i = 0; i < parameters.size(); i += 2) {
      x = matmul(x, parameters[i]) + parameters[i + 1];
      if (i + 2 < parameters.size()) x = positive(x);
    }
    return x;
  };
  const Shape rows{kBatch, reference.widths[0]};
  const Value real = random(builder, RandomKind::uniform, rows, 1);
  const Value fake = random(builder, RandomKind::uniform, rows, 2);
  const Value e = random(builder, RandomKind::uniform, {kBatch}, 3);
  const Value x = fake + broadcast_rows(e, real) * (real - fake);
  const Value slope = gradient(sum(critic(x)), x);
  const Value squares = row_sums(square(slope));
  const Value penalty = mean(reference.root ? square(sqrt(squares + 1e-12) - 1.0) : squares);
  const Value loss = mean(critic(fake)) - mean(critic(real)) + 10.0 * penalty;
  const auto gradients = gradient(loss, parameters);
  output(builder, "loss", loss);
  output(builder, "slope", slope);
  for (std::size_t i = 0; i < gradients.size(); ++i)
    output(builder, "g" + std::to_string(i), gradients[i]);
  return without_dead_code(builder.program());
}

// The worst of the norm's and the sums' errors, in units of the norm.
double error(const std::vector<double>& tensor, const TensorSummary& reference) {
  double square = 0;
  for (double v : tensor) square += v * v;
  double worst = std::abs(std::sqrt(square) - reference.norm);
  for (std::uint32_t p = 0; p < reference.sums.size(); ++p) {
    double total = 0;
    for (std::size_t i = 0; i < tensor.size(); i += 4) {
      const PhiloxBlock words = random_block(kSeed, 1000 + p, 0, static_cast<std::uint32_t>(i / 4));
      for (std::size_t j = 0; j < 4 && i + j < tensor.size(); ++j)
        total += random_sign(words[j]) * tensor[i + j];
    }
    worst = std::max(worst, std::abs(total - reference.sums[p]));
  }
  return std::isfinite(worst) ? worst / reference.norm : INFINITY;
}

double worst_error(const Program& program, const CriticReference& reference, Precision precision) {
  const Tensors y = evaluate(program, {}, {.precision = precision, .seed = kSeed});
  double worst = std::abs(y.at("loss")[0] - reference.loss) / std::abs(reference.loss);
  worst = std::max(worst, error(y.at("slope"), reference.slope));
  for (std::size_t i = 0; i < reference.gradients.size(); ++i)
    worst = std::max(worst, error(y.at("g" + std::to_string(i)), reference.gradients[i]));
  return worst;
}

}  // namespace

TEST_SUITE_BEGIN("primitives");

TEST_CASE("critic gradients equal PyTorch's, as traced and as rewritten") {
  for (const CriticReference& reference : critic_references()) {
    CAPTURE(reference.widths.size());
    CAPTURE(reference.widths[0]);
    CAPTURE(reference.root);
    const Program traced = critic_program(reference);
    CHECK(worst_error(traced, reference, Precision::float64) <= 1e-10);
    CHECK(worst_error(traced, reference, Precision::float32) <= 1e-5);
    const Program rewritten = rewrite(traced);
    CHECK(rewritten.nodes.size() < traced.nodes.size());
    CHECK(worst_error(rewritten, reference, Precision::float64) <= 1e-10);
    CHECK(worst_error(rewritten, reference, Precision::float32) <= 1e-5);
  }
}

TEST_SUITE_END();
