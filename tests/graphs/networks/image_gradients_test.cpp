// Whole gradients of convolutional critics, penalty included, and of Smooth GAN's penalty by the
// generator's parameters, against PyTorch float64 (tests/references/image_gradients.py).
#include "tests/references/image_gradients.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "engine/program/gradient.h"
#include "engine/program/leaves.h"
#include "engine/rewrite/rewrite.h"
#include "graphs/networks/dcgan.h"
#include "graphs/networks/mu.h"
#include "graphs/networks/resnet.h"
#include "ops/layers/layer_norm.h"
#include "ops/losses/wasserstein.h"
#include "ops/penalties/gradient_penalty.h"
#include "ops/penalties/smooth_penalty.h"
#include "ops/primitives/primitives.h"
#include "support/compiled.h"
#include "support/test_formula.h"

using namespace ganflow;
using namespace ganflow::test;

TEST_SUITE_BEGIN("networks");

namespace {

constexpr std::uint64_t kSeed = 2024;
constexpr Extent kBatch = 4;
constexpr Extent kLatent = 10;
const Shape kImages{kBatch, 3, 32, 32};

// Random parameters for `network`, drawn in the order in which it declares them.
std::vector<Value> bind_parameters(TestFormula& f, const Network& network, const Shape& input) {
  TestFormula first(kBatch);
  network(first, first.input("x", input));
  std::vector<Value> parameters;
  for (const VariableInfo& v : first.variables()) {
    if (v.keep != Keep::parameter) continue;
    const auto stream = static_cast<std::uint32_t>(100 + parameters.size());
    const Value n = random(f.builder(), RandomKind::normal, v.shape, stream);
    const double rows = static_cast<double>(v.shape.row_elements());
    const bool weight = v.shape.rank() > 1, scale = v.name.ends_with("/scale");
    parameters.push_back(weight ? n * std::sqrt(2 / rows) : n * 0.1 + (scale ? 1.0 : 0.0));
    f.bind(v.name, parameters.back());
  }
  return parameters;
}

void output_gradients(Builder& builder, Value loss, const std::vector<Value>& parameters) {
  const auto gradients = gradient(loss, parameters);
  output(builder, "loss", loss);
  for (std::size_t i = 0; i < gradients.size(); ++i)
    output(builder, "g" + std::to_string(i), gradients[i]);
}

Program critic_program(const Layers& critic) {
  Builder builder;
  TestFormula f(builder, kBatch);
  const Network d("D", critic);
  const auto parameters = bind_parameters(f, d, kImages);
  const Value real = random(builder, RandomKind::uniform, kImages, 1);
  const Value fake = random(builder, RandomKind::uniform, kImages, 2);
  const Value e = random(builder, RandomKind::uniform, {kBatch}, 3);
  const Value x = fake + broadcast_rows(e, real) * (real - fake);
  const GradientPenalty penalty{.critic = d, .measure = [&](Formula&, Value, Value) { return x; }};
  const Value loss = Wasserstein{}(f, d(f, real), d(f, fake)) + penalty(f, real, fake);
  output_gradients(builder, loss, parameters);
  return without_dead_code(builder.program());
}

// A formula whose probe is stream 2, as the reference's.
class FixedStream : public TestFormula {
 public:
  using TestFormula::TestFormula;
  std::uint32_t stream(const std::string&) override { return 2; }
};

Program smooth_program() {
  Builder builder;
  FixedStream f(builder, kBatch);
  const Network g("G", dcgan_generator({.width = 4}));
  const auto parameters = bind_parameters(f, g, {kBatch, kLatent});
  const Value z = random(builder, RandomKind::normal, {kBatch, kLatent}, 1);
  output_gradients(builder, SmoothPenalty{.norm = JacobianNorm::pixel_mean}(f, g(f, z), z),
                   parameters);
  return without_dead_code(builder.program());
}

double worst_error(const Tensors& y, const ImageReference& reference) {
  double worst = std::abs(y.at("loss")[0] - reference.loss) / std::abs(reference.loss);
  for (std::size_t i = 0; i < reference.gradients.size(); ++i)
    worst = std::max(worst,
                     summary_error(y.at("g" + std::to_string(i)), reference.gradients[i], kSeed));
  return worst;
}

}  // namespace

TEST_CASE("image critics' gradients and Smooth GAN's equal PyTorch's: traced, compiled") {
  const ImageNetwork plain{.width = 4, .norm = {}}, residual{.width = 4, .kernel = 3, .norm = {}};
  struct Case {
    std::string name;
    Program program;
    double float32;  // roundings of 6e-8 through layers and back; see resnet
  };
  const std::vector<Case> cases{
      {"dcgan", critic_program(mu_critic(plain)), 1e-5},
      {"layer_norm", critic_program(dcgan_critic({.width = 4, .norm = {LayerNorm{}}})), 1e-5},
      // Of 10^5 ReLUs a few lie within rounding of 0, and their slope is 0 or 1: PyTorch's float32
      // differs from its float64 by 2e-5 to 1e-4 here, and by below 2e-6 in the others.
      {"resnet", critic_program(resnet_critic(residual)), 1e-3},
      {"smooth", smooth_program(), 5e-5}};
  for (const auto& [name, program, tolerance] : cases) {
    CAPTURE(name);
    const auto reference = std::ranges::find(image_references(), name, &ImageReference::network);
    REQUIRE(reference != image_references().end());
    Tensors in{{"node.lambda", {10}}, {"node.gamma", {1}}, {"node.k", {1e-3}}};
    for (const Slot& slot : program.variables)  // standing statistics
      in[slot.name] =
          std::vector<double>(static_cast<std::size_t>(slot.type.shape.elements()), 1.0);
    const Precision exact = Precision::float64;
    const double traced =
        worst_error(evaluate(program, in, {.precision = exact, .seed = kSeed}), *reference);
    CHECK(traced <= 1e-9);
    const double compiled = worst_error(
        run_compiled(program, in, {.compile = {.precision = exact}, .seed = kSeed}), *reference);
    CHECK(compiled <= 1e-9);
    const double single = worst_error(
        run_compiled(program, in, {.compile = {.precision = Precision::float32}, .seed = kSeed}),
        *reference);
    CHECK(single <= tolerance);
    MESSAGE(name, ": worst error traced ", traced, ", compiled ", compiled, ", float32 ", single);
  }
}

TEST_SUITE_END();
