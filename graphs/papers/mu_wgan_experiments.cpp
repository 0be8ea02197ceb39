#include "graphs/papers/mu_wgan_experiments.h"

#include <fmt/format.h>

#include "graphs/papers/image_tables.h"

namespace ganflow {
namespace {

// MU-07, R-54: where the simple penalty looks, by the names of the paper.
const std::pair<const char*, const char*> kMeasures[] = {{"pg", "fake"},
                                                         {"pd", "real"},
                                                         {"muGP", "interpolated"},
                                                         {"mu_mid", "midpoint"},
                                                         {"mu_g,anc", "anchored"}};

std::string cell_of(const std::string& measure) {
  return measure == "mu_g,anc" ? "mu_g anchored" : measure;
}

// Of a toy: the five measures, WGAN-GP, and clipped weights as R-61 has them.
std::vector<Cell> toy_cells(const std::string& preset) {
  std::vector<Cell> cells;
  for (const auto& [name, measure] : kMeasures)
    cells.push_back({cell_of(name), preset, {{"measure", measure}}});
  cells.push_back({"WGAN-GP", preset, {{"target", "1"}}});
  cells.push_back(
      {"WGAN (clip)", preset, {{"lipschitz", "clip"}, {"optimizer", "rmsprop"}, {"lr", "5e-5"}}});
  return cells;
}

// MU-09, Fig. 4: all five converge. Converged (ours): every mode, and exact W1 to 500 real points
// within three times that of other real points.
Experiment toy(const std::string& set, const std::string& title, int modes) {
  Experiment e{.name = "fig-4-" + set,
               .title = title + ": five measures and two baselines (mu-WGAN, Fig. 4)",
               .rows = "MU-09",
               .cells = toy_cells("toy-" + set),
               .measures = {{"W1", "distance.w1"},
                            {"W1 of real points", "distance.w1_floor"},
                            {"share inside", "quality.share_inside"}},
               .core_seconds = 0.025};
  if (modes > 0) e.measures.push_back({"modes", "quality.modes"});
  for (const auto& [name, measure] : kMeasures) {
    const std::string cell = cell_of(name);
    if (modes > 0)
      e.claims.push_back({fmt::format("{}: all {} modes", cell, modes),
                          {static_cast<double>(modes)},
                          {1, cell, "modes"}});
    e.claims.push_back({fmt::format("{}: W1 is within three times that of real points", cell),
                        {1, cell, "W1"},
                        {3, cell, "W1 of real points"}});
  }
  return e;
}

// Table 2: CIFAR-10. The published FID sees by Inception, ours by an extractor trained here: the
// order is what can be compared.
Experiment table_2(const std::string& net, const std::string& preset) {
  struct Row {
    const char* name;
    std::map<std::string, std::string> settings;
    bool simple;
    double dcgan, resnet;  // FID; 0: failed
  };
  const std::vector<Row> rows = {{"WGAN (clip)", {{"lipschitz", "clip"}}, false, 48.7, 0},
                                 {"WGAN-GP", {}, false, 35.0, 18.1},
                                 {"pg", {{"measure", "fake"}}, true, 38.0, 20.9},
                                 {"pd", {{"measure", "real"}}, true, 38.9, 20.3},
                                 {"muGP", {{"measure", "interpolated"}}, true, 35.4, 18.3},
                                 {"mu_mid", {{"measure", "midpoint"}}, true, 33.9, 16.4},
                                 {"mu_g anchored", {{"measure", "anchored"}}, true, 33.7, 22.4}};
  Experiment e = image_table(
      "table-2-" + net, fmt::format("penalties on CIFAR-10, {} networks (mu-WGAN, Table 2)", net),
      net == "dcgan" ? "MU-11" : "MU-12", kBringCifar, "90 GPU-hours a net");
  for (const Row& row : rows) {
    Cell cell{row.name, row.simple ? preset + "-sgp" : preset, row.settings};
    const double fid = net == "dcgan" ? row.dcgan : row.resnet;
    if (fid > 0) cell.published = {{"FID", {fid}}};
    e.cells.push_back(std::move(cell));
  }
  claim_order(e, "WGAN-GP", "WGAN (clip)");
  claim_order(e, "mu_mid", "WGAN-GP");
  return e;
}

// Figs 1 and 5: digits by all five measures, beside WGAN-GP. Readable (ours): at least 0.9 of the
// samples' classes are sure, and 8 classes are there.
Experiment digits() {
  Experiment e = image_table("fig-5-mnist", "five measures on MNIST (mu-WGAN, Figs 1, 5)", "MU-10",
                             kBringMnist, "9 GPU-hours");
  e.measures.push_back({"readable", "features.success"});
  const auto cell = [&](const std::string& name, const char* preset,
                        std::map<std::string, std::string> settings) {
    settings["extractor.measures"] = "fid+confidence";
    e.cells.push_back({name, preset, settings});
  };
  for (const auto& [name, measure] : kMeasures)
    cell(cell_of(name), "mu-mnist-sgp", {{"measure", measure}});
  cell("WGAN-GP", "mu-mnist", {});
  for (const auto& [name, measure] : kMeasures)
    e.claims.push_back({fmt::format("{}: digits are readable", cell_of(name)),
                        {1},
                        {1, cell_of(name), "readable"}});
  return e;
}

}  // namespace

std::vector<Experiment> mu_wgan_experiments() {
  return {digits(),
          toy("8gaussians", "ring of 8 Gaussians", 8),
          toy("25gaussians", "grid of 25 Gaussians", 25),
          toy("swissroll", "Swiss roll", 0),
          table_2("dcgan", "mu-cifar"),
          table_2("resnet", "mu-cifar-resnet")};
}

}  // namespace ganflow
