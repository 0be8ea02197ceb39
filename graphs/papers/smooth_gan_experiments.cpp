#include "graphs/papers/smooth_gan_experiments.h"

#include <fmt/format.h>

#include "graphs/papers/image_tables.h"

namespace ganflow {
namespace {

const TableMeasure kWasserstein{"W", "critic.wasserstein"};

// Fig. 5: the bound k of the generator's slope, for the norm that R-64 reads; others by --set
// smooth.norm=...
Experiment k_study() {
  Experiment e = image_table("fig-5-k", "Smooth GAN on CIFAR-10 over k (Smooth GAN, Fig. 5)",
                             "SG-17, R-64", kBringCifar, "25 GPU-hours");
  e.measures.push_back(kWasserstein);
  for (const char* k : {"100", "10", "3", "0.1"})
    e.cells.push_back({fmt::format("k {}", k), "smooth-cifar", {{"smooth.k", k}}});
  for (const char* k : {"100", "3", "0.1"}) claim_order(e, "k 10", fmt::format("k {}", k));
  e.claims.push_back({"W: k 3 is above k 10", {1, "k 10", "W"}, {1, "k 3", "W"}});
  return e;
}

// Table 1. The published scores see by Inception: ours are compared by their order.
Experiment table_1() {
  Experiment e =
      image_table("table-1", "Smooth GAN beside baselines on CIFAR-10 (Smooth GAN, Table 1)",
                  "SG-08, SG-19, SG-21", kBringCifar, "50 GPU-hours");
  e.measures.insert(e.measures.begin(), {"IS", "features.is"});
  e.measures.push_back({"deviation of subset FIDs", "features.subset_fid_deviation"});
  struct Row {
    const char *name, *preset;
    std::map<std::string, std::string> settings;
    Published score;
    double fid;
  };
  const Row rows[] = {{"DCGAN", "guide-dcgan", {}, {6.40, 0.05}, 36.7},
                      {"BEGAN", "smooth-cifar-began", {}, {5.62, 0.07}, 32.3},
                      {"WGAN", "mu-cifar", {{"lipschitz", "clip"}}, {3.82, 0.06}, 42.8},
                      {"D2GAN", "smooth-cifar-d2gan", {}, {7.15, 0.07}, 30.6},
                      {"WGAN-GP", "smooth-cifar", {{"smooth", "0"}}, {7.36, 0.07}, 26.5},
                      {"Smooth GAN", "smooth-cifar", {}, {7.66, 0.05}, 24.1}};
  e.settings = {.batch = 64, .steps = 1000000};
  for (const Row& row : rows) {
    Cell cell{row.name, row.preset, row.settings, {{"IS", row.score}, {"FID", {row.fid}}}};
    cell.settings["extractor.measures"] = "fid+is+subset_fid";
    e.cells.push_back(std::move(cell));
  }
  for (const char* worse : {"WGAN-GP", "D2GAN", "BEGAN", "DCGAN"})
    claim_order(e, "Smooth GAN", worse);
  claim_order(e, "DCGAN", "WGAN");
  for (const char* other : {"WGAN-GP", "DCGAN"})  // Fig. 7
    e.claims.push_back({fmt::format("subset FIDs spread less than {}'s", other),
                        {1, "Smooth GAN", "deviation of subset FIDs"},
                        {1, other, "deviation of subset FIDs"}});
  return e;
}

// Paths of ten samples between latents; `sets` of the family's two presets.
void compare_paths(Experiment& e, const std::string& set, const std::string& measures) {
  e.measures.push_back({"sliced MS-SSIM", "path_change.msssim"});
  e.measures.push_back({"sharpness inside", "path_change.sharpness_inner"});
  const std::pair<const char*, const char*> players[] = {{"WGAN-GP", "-wgan-gp"},
                                                         {"Smooth GAN", ""}};
  for (const auto& [name, suffix] : players)
    e.cells.push_back({name, set + suffix, {{"extractor.measures", measures}}});
  e.claims.push_back({"sliced MS-SSIM: Smooth GAN is above WGAN-GP",
                      {1, "WGAN-GP", "sliced MS-SSIM"},
                      {1, "Smooth GAN", "sliced MS-SSIM"}});
}

// Fig. 2: between digits the images stay digits.
Experiment digits() {
  Experiment e = image_table("fig-2-paths", "paths between digits (Smooth GAN, Fig. 2)",
                             "SG-07, SG-15", kBringMnist, "10 GPU-hours");
  compare_paths(e, "smooth-mnist", "fid+path_confidence");
  e.measures.push_back({"unsure frames", "path_confidence.unsure"});
  e.claims.push_back({"unsure frames: Smooth GAN has fewer",
                      {1, "Smooth GAN", "unsure frames"},
                      {1, "WGAN-GP", "unsure frames"}});
  return e;
}

// Figs 1, 3 and 4.
Experiment faces() {
  Experiment e = image_table("fig-4-faces", "paths between faces (Smooth GAN, Figs 1, 3, 4)",
                             "SG-09, SG-14, SG-16", kBringFaces, "40 GPU-hours");
  compare_paths(e, "smooth-celeba", "fid");
  claim_order(e, "Smooth GAN", "WGAN-GP");
  return e;
}

}  // namespace

std::vector<Experiment> smooth_gan_experiments() {
  return {k_study(), table_1(), digits(), faces()};
}

}  // namespace ganflow
