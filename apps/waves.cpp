// A data source and a metric of one's own: sine waves of every phase and of 1 to 3 periods, and how
// well each generated row is one.
//
//   waves ------------real--+-> critic_real --+
//                           +-> penalty ------+-> critic_step     3 x
//   noise -> generate-fake--+-> critic_fake --+
//   noise2 -> generate2 -> critic_judge ---------> generator_step  1 x
//
// Run:    build/release/bin/waves --steps 6000
// Expect: fit.residual falls from 1 to below 0.1, fit.periods nears 2.
#include <ganflow/ganflow.h>

#include <cmath>
#include <numbers>

#include "engine/tensor/philox.h"

using namespace ganflow;

constexpr Extent kPoints = 32;  // T, of a wave
constexpr int kMostPeriods = 3;

double angle(int periods, Extent t) {
  return 2 * std::numbers::pi * periods * static_cast<double>(t) / kPoints;
}

// Output (N, T): sin(2 pi k t / T + phase), k of 1, 2, 3 and the phase drawn a row. Endless.
struct Waves {
  struct Drawn : Source {
    std::vector<PortSpec> outputs(Extent batch) const override {
      return {{Shape{batch, kPoints}, "NT"}};
    }
    void fill(const Draw& draw, Extent batch,
              std::span<const std::span<float>> out) const override {
      for (Extent n = 0; n < batch; ++n) {
        const auto word = [&](std::uint64_t i) {
          return uniform01(random_word(draw.seed, draw.stream, draw.step,
                                       2 * static_cast<std::uint64_t>(n) + i));
        };
        const int periods = 1 + static_cast<int>(kMostPeriods * word(0));
        const double phase = 2 * std::numbers::pi * word(1);
        for (Extent t = 0; t < kPoints; ++t)
          out[0][static_cast<std::size_t>(n * kPoints + t)] =
              static_cast<float>(std::sin(angle(periods, t) + phase));
      }
    }
  };
  std::shared_ptr<const Source> open() const { return std::make_shared<Drawn>(); }
};

// Rows (n, T) against the nearest wave of any height:
//   residual  mean part of a row's energy that is no such wave: 0 for waves, near 1 for noise
//   periods   mean number of periods of that wave; 2 for the data
struct WaveFit {
  Extent samples = 500;
  struct Fitted : Metric {
    Extent n;
    explicit Fitted(Extent samples) : n(samples) {}
    std::vector<MetricColumn> columns() const override {
      return {{"residual", "1", "energy of a row that is no wave"},
              {"periods", "1", "of the nearest wave, mean"}};
    }
    Extent samples() const override { return n; }
    std::optional<Extent> row_elements() const override { return kPoints; }
    std::vector<double> measure(const Measurement& m) const override {
      double residual = 0, mean = 0;
      for (Extent row = 0; row < m.n; ++row) {
        const auto x = m.samples.subspan(static_cast<std::size_t>(row * kPoints), kPoints);
        double energy = 1e-12, most = 0;
        for (const float v : x) energy += static_cast<double>(v) * v;
        int best = 1;
        for (int k = 1; k <= kMostPeriods; ++k) {
          double s = 0, c = 0;
          for (Extent t = 0; t < kPoints; ++t) {
            s += x[static_cast<std::size_t>(t)] * std::sin(angle(k, t));
            c += x[static_cast<std::size_t>(t)] * std::cos(angle(k, t));
          }
          if (const double part = 2 * (s * s + c * c) / kPoints; part > most) most = part, best = k;
        }
        residual += 1 - most / energy;
        mean += best;
      }
      const auto count = static_cast<double>(m.n);
      return {residual / count, mean / count};
    }
  };
  std::shared_ptr<const Metric> open() const { return std::make_shared<Fitted>(samples); }
};

void compose(Graph& g) {
  g.defaults({.batch = 64, .steps = 9000});
  const Network G = g.network("G", mlp({8, 128, 128, kPoints}, relu));
  const Network D = g.network("D", mlp({kPoints, 128, 128, 1}, leaky_relu(0.2)));
  const Optimizer adam = Adam{.lr = 5e-4, .beta1 = 0.5, .beta2 = 0.9};

  const Port real = g.add("waves", Waves{});
  const Port fake = g.add("generate", Forward{G}, g.add("noise", Normal{.dim = 8}));
  const Port d_real = g.add("critic_real", Forward{D}, real);
  const Port d_fake = g.add("critic_fake", Forward{D}, fake);
  const Port loss = g.add("loss", Wasserstein{}, d_real, d_fake);
  const Port penalty = g.add("penalty", GradientPenalty{.critic = D, .lambda = 1}, real, fake);
  g.phase("critic", 3).minimize("critic_step", loss + penalty, D, adam);

  const Port fresh = g.add("generate2", Forward{G}, g.add("noise2", Normal{.dim = 8}));
  const Port judged = g.add("critic_judge", Forward{D}, fresh);
  g.phase("generator", 1).minimize("generator_step", -mean(judged), G, adam);

  g.tap("wasserstein", mean(d_real) - mean(d_fake), {.description = "the critic's estimate"});
  g.evaluate("fit", WaveFit{}, fake, every(1000));
  // As images of a line each.
  g.sample("samples", fake, {.height = 1, .width = kPoints, .lo = -1, .hi = 1}, every(3000));
}

int main(int argc, char** argv) { return run("waves", compose, argc, argv); }
