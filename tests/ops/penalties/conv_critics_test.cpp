// Whole gradients of convolutional critics, penalty included, against PyTorch float64
// (tests/references/conv_critics.py): inputs and weights come from Philox on both sides.
#include "tests/references/conv_critics.h"

#include <doctest/doctest.h>

#include "engine/program/gradient.h"
#include "engine/rewrite/rewrite.h"
#include "ops/primitives/primitives.h"
#include "support/compiled.h"
#include "support/tensor_summary.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

constexpr std::uint64_t kSeed = 2024;
constexpr Extent kBatch = 4;

Value critic(const ConvCriticReference& c, const std::vector<Value>& p, Value x) {
  for (std::size_t i = 0; i + 2 < p.size(); i += 2) {
    const Window window =
        c.strided ? padded(2, 2) : same_window(x.shape()[2], x.shape()[3], c.kernel, c.kernel);
    const Value y = conv2d(x, p[i], window);
    const Shape s = y.shape();
    x = y + broadcast(p[i + 1], {0, 2, 3}, {s[0], s[2], s[3]});
    x = c.strided ? select(greater(x, 0), x, x * 0.2) : max_pool(positive(x));
  }
  const Value flat = reshape(x, {kBatch, x.shape().row_elements()});
  return matmul(flat, p[p.size() - 2]) + p.back();
}

// Outputs "loss", "slope", and "g0", "g1", ... of w, b of every layer.
Program program_of(const ConvCriticReference& c) {
  Builder builder;
  std::vector<Value> p;
  Extent from = 3, side = 32;
  for (std::uint32_t i = 0; i <= c.channels.size(); ++i) {
    const bool last = i == c.channels.size();
    const Shape shape =
        last ? Shape{from * side * side, 1} : Shape{c.channels[i], from, c.kernel, c.kernel};
    const double fan_in = static_cast<double>(last ? shape[0] : shape.row_elements());
    p.push_back(random(builder, RandomKind::normal, shape, 10 + i) * std::sqrt(2 / fan_in));
    const Extent out = last ? 1 : shape[0];
    p.push_back((random(builder, RandomKind::uniform, {out}, 20 + i) - 0.5) * 0.2);
    from = out, side /= 2;
  }
  const Shape images{kBatch, 3, 32, 32};
  const Value real = random(builder, RandomKind::uniform, images, 1);
  const Value fake = random(builder, RandomKind::uniform, images, 2);
  const Value e = random(builder, RandomKind::uniform, {kBatch}, 3);
  const Value x = fake + broadcast_rows(e, real) * (real - fake);
  const Value g = gradient(sum(critic(c, p, x)), x);
  const Value penalty = mean(square(sqrt(row_sums(g * g) + 1e-12) - 1.0));
  const Value loss = mean(critic(c, p, fake)) - mean(critic(c, p, real)) + penalty * 10.0;
  const std::vector<Value> gradients = gradient(loss, p);
  output(builder, "loss", loss);
  output(builder, "slope", g);
  for (std::size_t i = 0; i < p.size(); ++i) output(builder, "g" + std::to_string(i), gradients[i]);
  return without_dead_code(builder.program());
}

double worst_error(const Tensors& y, const ConvCriticReference& c) {
  double worst = std::abs(y.at("loss")[0] - c.loss) / std::abs(c.loss);
  worst = std::max(worst, summary_error(y.at("slope"), c.slope, kSeed));
  for (std::size_t i = 0; i < c.gradients.size(); ++i)
    worst = std::max(worst, summary_error(y.at("g" + std::to_string(i)), c.gradients[i], kSeed));
  return worst;
}

}  // namespace

TEST_SUITE_BEGIN("penalties");

TEST_CASE("gradients of convolutional critics equal PyTorch's" *
          doctest::test_suite("exhaustive")) {
  for (const ConvCriticReference& c : conv_critic_references()) {
    CAPTURE(c.strided);
    const Program program = program_of(c);
    RunOptions run{.compile = {.precision = Precision::float64}, .seed = kSeed};
    const double wide = worst_error(run_compiled(program, {}, run), c);
    CHECK(wide <= 1e-9);
    if (!c.strided) {  // the interpreter needs half a minute for the other
      const Tensors plain = evaluate(program, {}, {.seed = kSeed});
      CHECK(worst_error(plain, c) <= 1e-9);
    }
    run.compile.precision = Precision::float32;
    const double narrow = worst_error(run_compiled(program, {}, run), c);
    CHECK(narrow <= 3e-5);  // sums of up to 3200 products, one after the other in float
    MESSAGE(std::string(c.strided ? "strided" : "pooled"), ": worst error ", wide, ", in float32 ",
            narrow);
  }
}

TEST_SUITE_END();
