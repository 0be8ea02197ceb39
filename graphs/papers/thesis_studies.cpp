#include "graphs/papers/thesis_studies.h"

#include <fmt/format.h>

namespace ganflow {
namespace {

using Reading = TableMeasure::Reading;

// Fig. 3.4: the measure of diversity of real images alone, over their number and the interval of
// its grid. R-21: the interval hardly matters where the kernel is wider.
Experiment real_kl() {
  Experiment e{.name = "fig-3.4",
               .title = "KL of real images over their number and the interval (thesis, Fig. 3.4)",
               .rows = "TH-15, R-21",
               .settings = {.steps = 1},
               .measures = {{"KL of real images", "quality.kl_floor"}},
               .core_seconds = 0.5};
  const char* const numbers[] = {"100", "300", "1000", "3000", "10000"};
  const auto cell = [&](const char* n, const char* interval) {
    e.cells.push_back({fmt::format("n {} interval {}", n, interval),
                       "thesis-28",
                       {{"k", "0"}, {"kl.samples", n}, {"kl.step", interval}}});
    return Term{1, e.cells.back().name, "KL of real images"};
  };
  Term fewer = cell(numbers[0], "0.1");
  for (const char* n : {"300", "1000", "3000", "10000"}) {
    const Term more = cell(n, "0.1");
    e.claims.push_back({fmt::format("KL falls to n {}", n), more, fewer});
    fewer = more;
  }
  for (const char* interval : {"1", "0.5", "0.05"}) cell("10000", interval);
  return e;
}

// Figs 4.1, 4.2: the critic's loss along training beside that of the best critic, from JS of the
// same samples.
Experiment best_critic() {
  Experiment e{.name = "fig-4.1",
               .title = "the critic's loss beside the best one's (thesis, Figs 4.1, 4.2)",
               .rows = "TH-02, TH-17",
               .cells = {{"GAN (1-D)", "thesis-1d", {{"l2", "0"}}}},
               .repeats = 20,
               .core_seconds = 2e-4};
  for (const Step at : {500, 1000, 2000, 5000}) {
    const std::string own = fmt::format("L_D at {}", at), best = fmt::format("L_D* at {}", at);
    e.measures.push_back({own, "critic.objective", Reading::at, at});
    e.measures.push_back({best, "quality.critic_loss", Reading::at, at});
    e.claims.push_back({fmt::format("at update {} the actual loss is above the best one", at),
                        {1, "GAN (1-D)", best},
                        {1, "GAN (1-D)", own}});
  }
  return e;
}

// Figs 4.3, 4.4: the generator stays as it is and its samples do not meet the data's, so that a
// critic can be trained to the end: how long that takes, and what is left of its slope at the
// samples.
Experiment frozen() {
  Experiment e{.name = "fig-4.3",
               .title = "a critic of separable data, the generator frozen (thesis, Figs 4.3, 4.4)",
               .rows = "TH-18, TH-19",
               .repeats = 20,
               .settings = {.steps = 10000},
               .measures = {{"L_D at 2,000", "critic.objective", Reading::at, 2000},
                            {"L_D", "critic.objective"},
                            {"slope at 100", "critic.slope", Reading::at, 100},
                            {"slope", "critic.slope"}},
               .core_seconds = 1e-4};
  for (const char* mean : {"4", "6", "10"}) {
    const std::string name = fmt::format("data at {}", mean);
    e.cells.push_back(
        {name,
         "thesis-1d",
         {{"gaussian1d.mean", mean}, {"n_generator", "0"}, {"l2", "0"}, {"slopes", "1"}}});
    e.claims.push_back(
        {name + ": more than 2,000 updates to a loss of 0.01", {0.01}, {1, name, "L_D at 2,000"}});
    e.claims.push_back({name + ": the slope at the samples falls to a tenth of that at 100",
                        {1, name, "slope"},
                        {0.1, name, "slope at 100"}});
  }
  return e;
}

}  // namespace

std::vector<Experiment> thesis_studies() { return {real_kl(), best_critic(), frozen()}; }

}  // namespace ganflow
