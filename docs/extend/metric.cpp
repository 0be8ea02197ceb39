// A metric of one's own: how far generated points lie from a circle.
#include <ganflow/ganflow.h>

#include <cmath>

using namespace ganflow;

// Rows (n, 2). Columns: radius, the mean distance from the origin; off, the mean distance from the
// circle of radius 1. measure() is called side by side for several replicas.
struct Roundness {
  Extent samples = 1000;

  struct Measured : Metric {
    Extent n;
    explicit Measured(Extent samples) : n(samples) {}
    std::vector<MetricColumn> columns() const override {
      return {{"radius", "1", "mean distance from the origin"},
              {"off", "1", "mean distance from the circle"}};
    }
    Extent samples() const override { return n; }
    std::optional<Extent> row_elements() const override { return 2; }
    std::vector<double> measure(const Measurement& m) const override {
      double radius = 0, off = 0;
      for (std::size_t i = 0; i < m.samples.size(); i += 2) {
        const double r = std::hypot(m.samples[i], m.samples[i + 1]);
        radius += r / static_cast<double>(m.n);
        off += std::abs(r - 1) / static_cast<double>(m.n);
      }
      return {radius, off};
    }
  };
  std::shared_ptr<const Metric> open() const { return std::make_shared<Measured>(samples); }
};

void compose(Graph& g) {
  const Network G = g.network("G", mlp({2, 32, 2}, relu));
  const Port points = g.add("generate", Forward{G}, g.add("noise", Normal{.dim = 2}));
  const auto to_circle = [](Formula&, Value x) {
    return mean(square(sqrt(row_sums(square(x)) + 1e-12) - 1.0));
  };
  g.phase("fit", 1).minimize("fit_step", g.add("loss", to_circle, points), G, Adam{.lr = 1e-2});
  g.evaluate("round", Roundness{}, points, every(100));
}

int main(int argc, char** argv) { return run("metric", compose, argc, argv); }
