// A data source of one's own: points on a ring of radius 1, endless.
#include <ganflow/ganflow.h>

#include <cmath>
#include <numbers>

#include "engine/tensor/philox.h"

using namespace ganflow;

// A struct of options with open(). What is opened is shared by replicas and threads and never
// changes: every number is a function of the draw, so that a run can be resumed to the same bits.
struct Ring {
  double width = 0.05;  // half of it, in radii, in [0, 1)

  struct Points : Source {
    double width;
    explicit Points(double w) : width(w) {}
    // The main output first; more of them have names: {Shape{batch}, "N", "label", classes}.
    std::vector<PortSpec> outputs(Extent batch) const override { return {{Shape{batch, 2}, "NP"}}; }
    void fill(const Draw& draw, Extent batch,
              std::span<const std::span<float>> out) const override {
      const auto word = [&](std::size_t i) {
        return uniform01(random_word(draw.seed, draw.stream, draw.step, i));
      };
      for (std::size_t n = 0; n < static_cast<std::size_t>(batch); ++n) {
        const double angle = 2 * std::numbers::pi * word(2 * n);
        const double radius = 1 + width * (2 * word(2 * n + 1) - 1);
        out[0][2 * n] = static_cast<float>(radius * std::cos(angle));
        out[0][2 * n + 1] = static_cast<float>(radius * std::sin(angle));
      }
    }
  };
  std::shared_ptr<const Source> open() const {
    if (!(width >= 0 && width < 1))
      fail(Fault::usage, "width is {}, it must be from 0 to below 1", width);
    return std::make_shared<Points>(width);
  }
};

void compose(Graph& g) {
  const Network D = g.network("D", mlp({2, 16, 1}, relu));
  const Port score = g.add("score", Forward{D}, g.add("ring", Ring{.width = 0.1}));
  const auto to_one = [](Formula&, Value d) { return mean(square(d - 1.0)); };
  g.phase("fit", 1).minimize("fit_step", g.add("loss", to_one, score), D, Adam{});
}

int main(int argc, char** argv) { return run("source", compose, argc, argv); }
