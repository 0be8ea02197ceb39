// CycleGAN on planar data (Zhu et al. 2017): a ring of 8 Gaussians to a Swiss roll and back,
// without pairs. Two generators, two critics, least squares, and what went there and came back is
// the same.
//
//   ring -+-> to_roll --> critic_roll --+
//   roll -+-> to_ring --> critic_ring --+--> critics_step                    1 x
//   ring2 --> there --> and_back --> cycle --+
//   roll2 --> there2 -> and_back2 -> cycle2 -+-> generators_step             1 x
//                  +--> critics' judgement --+
//
// Run:    build/release/bin/cyclegan_2d --steps 5000
// Expect: inverse.distance falls below 0.1, quality.modes reaches 8; "pairs" holds points with
// their images.
#include <ganflow/ganflow.h>

using namespace ganflow;

// 1/2 mean (D(x) - 1)^2 + 1/2 mean D(G(z))^2
struct LeastSquares {
  Value operator()(Formula&, Value d_real, Value d_fake) const {
    return 0.5 * mean(square(d_real - 1.0)) + 0.5 * mean(square(d_fake));
  }
};
struct LeastSquaresGenerator {
  Value operator()(Formula&, Value d_fake) const { return 0.5 * mean(square(d_fake - 1.0)); }
};
// lambda mean |x - y|
struct Cycle {
  Scalar lambda = 10;
  Value operator()(Formula& f, Value x, Value y) const {
    const Value distance = mean(abs(x - y));
    f.tap("distance", distance, {.description = "mean |x - G(F(x))|"});
    return f.scalar("lambda", lambda, at_least(0), "strength of the cycle") * distance;
  }
};

// (N,...), (N,...) -> (N)
struct Distance {
  Value operator()(Formula&, Value x, Value y) const {
    return sqrt(row_sums(square(x - y)) + 1e-12);
  }
};

void compose(Graph& g) {
  g.defaults({.batch = 128, .steps = 10000});
  const auto generator = mlp({2, 128, 128, 2}, relu), critic = mlp({2, 128, 128, 1}, relu);
  const Network F = g.network("F", generator),
                G = g.network("G", generator);  // ring <- F, G -> roll
  const Network Dring = g.network("Dring", critic), Droll = g.network("Droll", critic);
  const Optimizer adam = Adam{.lr = 5e-4, .beta1 = 0.5, .beta2 = 0.999};

  const Port ring = g.add("ring", Gaussians8{}), roll = g.add("roll", SwissRoll{});
  const Port to_roll = g.add("to_roll", Forward{G}, ring),
             to_ring = g.add("to_ring", Forward{F}, roll);
  const Port ring_loss =
      g.add("ring_loss", LeastSquares{}, g.add("ring_real", Forward{Dring}, ring),
            g.add("ring_fake", Forward{Dring}, to_ring));
  const Port roll_loss =
      g.add("roll_loss", LeastSquares{}, g.add("roll_real", Forward{Droll}, roll),
            g.add("roll_fake", Forward{Droll}, to_roll));
  g.phase("critics", 1).minimize("critics_step", ring_loss + roll_loss, {Dring, Droll}, adam);

  const Port ring2 = g.add("ring2", Gaussians8{}), roll2 = g.add("roll2", SwissRoll{});
  const Port there = g.add("there", Forward{G}, ring2), there2 = g.add("there2", Forward{F}, roll2);
  const Port cycle = g.add("cycle", Cycle{}, ring2, g.add("and_back", Forward{F}, there));
  const Port cycle2 = g.add("cycle2", Cycle{}, roll2, g.add("and_back2", Forward{G}, there2));
  const Port fools = g.add("fools", LeastSquaresGenerator{}, g.add("judge", Forward{Droll}, there));
  const Port fools2 =
      g.add("fools2", LeastSquaresGenerator{}, g.add("judge2", Forward{Dring}, there2));
  g.phase("generators", 1)
      .minimize("generators_step", fools + fools2 + cycle + cycle2, {F, G}, adam);

  // All are made of data, of draws of their own.
  g.evaluate("quality", ModeCoverage{}, to_ring, every(1000));
  const HeldOut distance{.columns = {{"distance", "1", "mean |x - F(G(x))|"}}, .samples = 1000};
  g.evaluate("inverse", distance,
             g.add("cycled", Distance{}, ring, g.add("back", Forward{F}, to_roll)), every(1000));
  g.sample("samples", to_ring, {.channels = 0, .lo = -2, .hi = 2}, every(5000), 1000);
  g.dump("pairs", g.add("pair", Concat{}, ring, to_roll), every(5000), 1000);
}

int main(int argc, char** argv) { return run("cyclegan_2d", compose, argc, argv); }
