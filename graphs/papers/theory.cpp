#include "graphs/papers/theory.h"

#include <numbers>

#include "engine/error.h"
#include "engine/program/concat.h"
#include "engine/program/leaves.h"
#include "graphs/papers/numbers.h"
#include "graphs/parts/games.h"
#include "graphs/parts/losses.h"
#include "ops/layers/mlp.h"
#include "ops/losses/wasserstein.h"
#include "ops/metrics/parameters.h"
#include "ops/optimizers/sgd.h"
#include "ops/penalties/gradient_penalty.h"
#include "ops/primitives/arithmetic.h"
#include "ops/primitives/layout.h"
#include "ops/primitives/math.h"
#include "ops/primitives/reduce.h"
#include "ops/techniques/gradient_flow.h"

namespace ganflow {
namespace {

// Rows that alternate between two values: an expectation over them is that over both.
struct TwoPoints {
  double even = 0, odd = 0;
  Value operator()(Formula& f) const {
    Builder& b = f.builder();
    const Extent half = f.batch() / 2;
    const Value pair = concat({full(b, {half, 1, 1}, even), full(b, {half, 1, 1}, odd)}, 1);
    return reshape(pair, {f.batch(), 1});
  }
};

// What a lemma says of data, noise, critic and penalty. Expectations are sums over two points, the
// nodes of Gauss and Legendre's rule, exact for polynomials up to the third degree.
struct Lemma {
  int power = 1;                    // D(x) = psi x^power
  TwoPoints real, z = {1, 1};       // G(z) = theta z
  Measure measure = measure::fake;  // of the penalty
  double lambda = 0.5;              // rho / 2
  double psi = 1, theta = 1;        // where the flow starts
};

const double kNode = 1 / std::numbers::sqrt3;  // of U(-1, 1)

void flow(Graph& g, const Lemma& lemma) {
  g.defaults({.batch = 2, .steps = 500});
  if (g.batch() % 2 != 0)
    fail(Fault::usage, "--batch {}: expectations are over two points, take an even batch",
         g.batch());
  const double psi = g.option(Option<double>{"psi", lemma.psi, any_number(), "of the critic"});
  const double theta =
      g.option(Option<double>{"theta", lemma.theta, any_number(), "of the generator"});
  const Network D = g.network("D", [=](Formula& f, Value x) {
    return (lemma.power == 1 ? x : square(x)) * number(f, "psi", psi);
  });
  const Network G =
      g.network("G", [=](Formula& f, Value z) { return z * number(f, "theta", theta); });
  const Scalar h = g.scalar("h", 0.1), lambda = g.scalar("penalty.lambda", lemma.lambda);
  const double fading =
      lemma.power != 1 ? 0
                       : g.option(Option<double>{"mass.fading", 0, at_least(0),
                                                 "a of the penalty's mass exp(-a psi^2) (MU-03)"});
  const GradientPenalty penalty{
      .critic = D, .lambda = lambda, .target = 0, .measure = lemma.measure};
  const GradientFlow flow{
      .critic = D,
      .generator = G,
      .losses =
          [=](Formula& f, Value real, Value z) {
            const Value fake = G(f, z), judged = D(f, fake);
            Value bound = penalty(f, real, fake);
            if (fading > 0) {
              const Value psi = D(f, full(f.builder(), {1, 1}, 1));  // D(1)
              bound = bound * mean(exp(square(psi) * -fading));
            }
            return GradientFlow::Losses{Wasserstein{}(f, D(f, real), judged) + bound,
                                        WassersteinGenerator{}(f, judged)};
          },
      .method = g.option(Choice<FlowMethod>{"method", "rk4", flow_methods(), "of integration"}),
      .order = g.option(
          Choice<FlowOrder>{"order", "simultaneous", flow_orders(), "in which players move"}),
      .h = h};
  const Port real = g.add("real", lemma.real), z = g.add("z", lemma.z);
  const Port along = g.add("flow", flow, real, z);
  Phase phase = g.phase("flow_step", 1);
  phase.minimize("descent", along, {D, G}, Sgd{.lr = h});
  const char* const text = "number as the step begins";
  tap_numbers(g, phase, "psi", D, number_at(0), std::string("the critic's ") + text);
  tap_numbers(g, phase, "theta", G, number_at(0), std::string("the generator's ") + text);
  const Port radius = g.add("radius_now", [=](Formula& f) {
    return sqrt(square(parameters_of(f, D)[0].value) + square(parameters_of(f, G)[0].value));
  });
  phase.also(radius);
  g.tap("radius", radius, {.description = "distance to the equilibrium (0, 0)"});
}

// a of muGP at the nodes of U(0, 1).
Value between_nodes(Formula& f, Value real, Value fake) {
  const Value a = TwoPoints{(1 - kNode) / 2, (1 + kNode) / 2}(f);
  return fake + a * (real - fake);
}

// LE-12: data (0, Z), fakes (theta, Z); theta is all that the generator has. Plain descent, since
// others enlarge a slope that vanishes; loss=minimax is the game of JS.
void two_lines(Graph& g, bool wasserstein) {
  const CriticSteps n = training_length(g, {.n_critic = 10});
  const UpdateRule rule = update_rule(g, {.optimizer = "sgd", .lr = 0.01, .momentum = 0});
  const DataSet data = add_data(g, g.data("line"));
  const Latent z = latent(g, "noise", 1, "unit");
  const double theta =
      g.option(Option<double>{"theta", 1, any_number(), "where the fakes' line starts"});
  const NetworkPair networks{
      .G = g.network("G",
                     [=](Formula& f, Value z) {
                       const Value at = broadcast_to(number(f, "theta", theta), {z.rows(), 1});
                       return concat({at, z}, 1);
                     }),
      .D = g.network("D", mlp({2, 64, 64, 1}, relu))};
  const Players p = players(g, networks, data, data.port, z);
  evaluate_data(g, data.name, p.generated, 0, every(2000));
  const Phase generator =
      wasserstein ? wasserstein_game(g, p, n, rule) : adversarial_game(g, p, n, rule);
  if (wasserstein) tap_wasserstein(g, p);
  tap_numbers(g, generator, "theta", p.G, number_at(0),
              "where the fakes' line is as the step begins");
}

}  // namespace

std::vector<NamedGraph> theory_presets() {
  //
  const Lemma uniform{.power = 2,
                      .real = {-kNode, kNode},
                      .z = {-kNode, kNode},
                      .measure = measure::real,
                      .psi = 0.5,
                      .theta = 0.5};
  const Lemma square{
      .power = 2, .measure = between_nodes, .lambda = 3.0 / 16, .psi = 1, .theta = 0.5};
  return {{"dirac-gan", "gradient flow of D = psi x between two points (mu-WGAN, Lemma 1)",
           [](Graph& g) { flow(g, {}); }},
          {"uniform-gan", "gradient flow of D = psi x^2 between two intervals (mu-WGAN, Lemma 2)",
           [=](Graph& g) { flow(g, uniform); }},
          {"dirac-gan-square", "gradient flow of D = psi x^2 between two points (mu-WGAN, Lemma 3)",
           [=](Graph& g) { flow(g, square); }},
          {"two-lines", "WGAN-GP that moves one line to another (lecture)",
           [](Graph& g) { two_lines(g, true); }},
          {"two-lines-gan", "the same by a GAN, which has nothing to follow (lecture)",
           [](Graph& g) { two_lines(g, false); }}};
}

}  // namespace ganflow
