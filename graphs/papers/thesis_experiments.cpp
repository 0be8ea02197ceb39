#include "graphs/papers/thesis_experiments.h"

#include <fmt/format.h>

namespace ganflow {
namespace {

// The stages of smooth-to-sharp training where a step is a generator's update, of which a WGAN
// makes one for five of the critic.
const char* const kLongStages =
    "steps(0: 0, 12500: -0.2, 25000: -0.6, 37500: -0.8, 50000: -0.99999)";

const TableMeasure kKl{"KL", "quality.kl"}, kRmse{"RMSE", "quality.rmse"};

// Exp 1 (Tables 5.1, 5.2; Fig. 5.2): L2 on a Gaussian of one dimension, R-29.
Experiment exp1() {
  Experiment e{.name = "exp-1",
               .title = "GAN on a 1-D Gaussian: KL over L2 (thesis, Fig. 5.2)",
               .rows = "TH-30",
               .repeats = 20,
               .measures = {kKl},
               .core_seconds = 2e-4};
  for (const char* l2 : {"0", "1e-5", "1e-4", "1e-3", "1e-2"})
    e.cells.push_back({fmt::format("l2 {}", l2), "thesis-1d", {{"l2", l2}}});
  e.claims = {{"KL falls from l2 0 to 1e-3", {1, "l2 1e-3", "KL"}, {1, "l2 0", "KL"}},
              {"KL is worse at 1e-2 than at 0", {1, "l2 0", "KL"}, {1, "l2 1e-2", "KL"}}};
  return e;
}

// Exp 2 (Tables 5.3-5.6): L2 on sharp and smooth spheres.
Experiment table_5_6() {
  struct Row {
    const char* l2;
    Published sharp_kl, sharp_rmse, smooth_kl, smooth_rmse;
  };
  static const Row rows[] = {
      {"0", {1.6936, 0.7360}, {0.1107, 0.0430}, {2.6956, 1.6895}, {0.2002, 0.0788}},
      {"1e-5", {1.5232, 0.4890}, {0.0908, 0.0046}, {0.1865, 0.2274}, {0.0904, 0.0032}},
      {"3e-5", {1.4795, 0.7061}, {0.0856, 0.0027}, {0.1420, 0.0558}, {0.0902, 0.0079}},
      {"1e-4", {1.0511, 0.0905}, {0.0849, 0.0026}, {0.0521, 0.0150}, {0.0780, 0.0016}},
      {"3e-4", {1.1345, 0.2722}, {0.0877, 0.0053}, {0.0857, 0.0570}, {0.0665, 0.0065}},
      {"1e-3", {1.5053, 0.1601}, {0.0854, 0.0037}, {0.2151, 0.0547}, {0.0568, 0.0032}},
      {"3e-3", {2.3929, 0.1096}, {0.1041, 0.0047}, {0.9973, 0.2653}, {0.0639, 0.0228}},
      {"1e-2", {2.4748, 0.1378}, {0.1178, 0.0069}, {2.0718, 0.9975}, {0.0793, 0.0171}}};
  Experiment e{.name = "table-5.6",
               .title = "GAN on one sphere: KL and RMSE over L2, sharp and smooth (thesis)",
               .rows = "TH-31",
               .repeats = 20,
               .settings = {.batch = 128, .steps = 10000},
               .measures = {kKl, kRmse},
               .core_seconds = 2.1e-3};
  for (const bool sharp : {true, false})
    for (const Row& row : rows)
      e.cells.push_back({fmt::format("{} {}", sharp ? "sharp" : "smooth", row.l2),
                         "thesis-28-gan",
                         {{"k", sharp ? "-0.99999" : "0"}, {"l2", row.l2}},
                         {{"KL", sharp ? row.sharp_kl : row.smooth_kl},
                          {"RMSE", sharp ? row.sharp_rmse : row.smooth_rmse}}});
  for (const char* set : {"sharp", "smooth"}) {
    const auto kl = [&](const char* l2) { return Term{1, fmt::format("{} {}", set, l2), "KL"}; };
    e.claims.push_back(
        {fmt::format("{}: KL at 1e-4 is below that at 0", set), kl("1e-4"), kl("0")});
    e.claims.push_back(
        {fmt::format("{}: KL at 1e-4 is below that at 3e-3", set), kl("1e-4"), kl("3e-3")});
    e.claims.push_back(
        {fmt::format("{}: KL at 1e-4 is below that at 1e-2", set), kl("1e-4"), kl("1e-2")});
  }
  e.claims.push_back({"KL at 1e-4: smooth is below a tenth of sharp",
                      {1, "smooth 1e-4", "KL"},
                      {0.1, "sharp 1e-4", "KL"}});
  return e;
}

// Exp 3 (Tables 5.7-5.9, Figs 5.6, 5.7): sharpness k; the detected centres are kept.
Experiment exp3() {
  Experiment e{.name = "exp-3",
               .title = "KL and RMSE over the sharpness k, four models (thesis, Fig. 5.7)",
               .rows = "TH-33",
               .repeats = 5,
               .measures = {kKl, kRmse},
               .core_seconds = 2e-3};
  const std::pair<const char*, const char*> models[] = {{"GAN (28)", "thesis-28-gan"},
                                                        {"WGAN (28)", "thesis-28"},
                                                        {"WGAN (48)", "thesis-48"},
                                                        {"WGAN (two)", "thesis-two"}};
  for (const auto& [model, preset] : models)
    for (const char* k : {"0", "-0.2", "-0.99999"})
      e.cells.push_back(
          {fmt::format("{} k {}", model, k), preset, {{"k", k}, {"kl.centres", "1000"}}});
  for (const auto& [model, preset] : models)
    if (std::string(model) != "WGAN (28)")
      e.claims.push_back({fmt::format("{}: KL at k 0 is below that at -0.99999", model),
                          {1, fmt::format("{} k 0", model), "KL"},
                          {1, fmt::format("{} k -0.99999", model), "KL"}});
  e.claims.push_back({"sharp: KL of WGAN (48) is above that of WGAN (28)",
                      {1, "WGAN (28) k -0.99999", "KL"},
                      {1, "WGAN (48) k -0.99999", "KL"}});
  e.claims.push_back({"sharp: KL of WGAN (two) is above that of WGAN (48)",
                      {1, "WGAN (48) k -0.99999", "KL"},
                      {1, "WGAN (two) k -0.99999", "KL"}});
  return e;
}

// Exp 4 (Tables 5.10-5.14): direct and smooth to sharp.
Experiment table_5_14() {
  struct Row {
    const char *model, *preset;
    double direct_kl, direct_rmse, sts_kl, sts_rmse;
  };
  static const Row rows[] = {{"GAN (28)", "thesis-28-gan", 1.1525, 0.0860, 0.8648, 0.0819},
                             {"WGAN (28)", "thesis-28", 0.0425, 0.1070, 0.0117, 0.0845},
                             {"WGAN (48)", "thesis-48", 0.0480, 0.0733, 0.0260, 0.0682},
                             {"WGAN (two)", "thesis-two", 0.1644, 0.2684, 0.0679, 0.2062}};
  Experiment e{.name = "table-5.14",
               .title = "direct against smooth-to-sharp training, four models (thesis)",
               .rows = "TH-34",
               .repeats = 5,
               .measures = {kKl, kRmse},
               .core_seconds = 2e-3};
  for (const Row& row : rows) {
    const std::string direct = fmt::format("{} direct", row.model),
                      sts = fmt::format("{} STS", row.model);
    e.cells.push_back(
        {direct, row.preset, {}, {{"KL", {row.direct_kl}}, {"RMSE", {row.direct_rmse}}}});
    e.cells.push_back({sts,
                       fmt::format("{}-sts", row.preset),
                       {},
                       {{"KL", {row.sts_kl}}, {"RMSE", {row.sts_rmse}}}});
    for (const char* measure : {"KL", "RMSE"})
      e.claims.push_back({fmt::format("{}: {} of STS is below that of direct", row.model, measure),
                          {1, sts, measure},
                          {1, direct, measure}});
  }
  return e;
}

// Exp 6 (Tables 5.18-5.22): what the critic's loss says of KL and RMSE. R-30: 200 images at 28.
Experiment tables_5_21_22() {
  struct Row {
    const char *set, *preset;
    std::map<std::string, std::string> settings;
    double sharp_kl, sharp_rmse, smooth_kl, smooth_rmse;  // r
  };
  static const Row rows[] = {
      {"one 28", "thesis-28", {{"spheres.images", "200"}}, .96, .96, .95, .97},
      {"one 48", "thesis-48", {}, .90, .90, .93, .96},
      {"two 28", "thesis-two", {}, .91, .90, .96, .94}};
  const Fit kl{.name = "log KL ~ W", .x = "critic.wasserstein", .y = "quality.kl", .log_y = true};
  const Fit rmse{.name = "RMSE ~ W", .x = "critic.wasserstein", .y = "quality.rmse"};
  Experiment e{.name = "table-5.21",
               .title = "log KL and RMSE over the Wasserstein estimate (thesis, Tables 5.21, 5.22)",
               .rows = "TH-37, R-32",
               .repeats = 5,
               .measures = {kKl, kRmse},
               .fits = {kl, rmse},
               .core_seconds = 2e-3};
  for (const Row& row : rows)
    for (const bool sharp : {true, false}) {
      Cell cell{fmt::format("{} {}", row.set, sharp ? "sharp" : "smooth"), row.preset,
                row.settings};
      cell.settings["k"] = sharp ? "-0.99999" : "0";
      cell.published = {{r_of(kl.name), {sharp ? row.sharp_kl : row.smooth_kl}},
                        {r_of(rmse.name), {sharp ? row.sharp_rmse : row.smooth_rmse}}};
      for (const Fit& fit : {kl, rmse})
        e.claims.push_back({fmt::format("{}: r of {} is at least 0.90", cell.name, fit.name),
                            {0.90},
                            {1, cell.name, r_of(fit.name)}});
      e.cells.push_back(std::move(cell));
    }
  return e;
}

// Fig. 5.3: the generator's last weights, 64 images, without and with L2.
Experiment tiles() {
  Experiment e{.name = "fig-5.3",
               .title = "noise among the generator's weights over L2 (thesis, Fig. 5.3)",
               .rows = "TH-32",
               .repeats = 5,
               .settings = {.batch = 128, .steps = 10000},
               .measures = {{"noise tiles", "generator.tiles.noise"}, kKl},
               .core_seconds = 2.1e-3};
  for (const char* l2 : {"0", "1e-5"})
    e.cells.push_back({fmt::format("l2 {}", l2), "thesis-28-gan", {{"l2", l2}, {"tiles", "1"}}});
  e.claims = {
      {"more tiles are noise at l2 0", {1, "l2 1e-5", "noise tiles"}, {1, "l2 0", "noise tiles"}},
      {"nearly none is at 1e-5", {1, "l2 1e-5", "noise tiles"}, {0.05}}};
  return e;
}

// whose updates are counted. The longer reading goes on where the shorter one ends, so
// that both are read from one run; smooth-to-sharp stages are as long as they are counted.
Experiment readings() {
  constexpr Step kShort = 20000;
  Experiment e{.name = "readings",
               .title = "WGANs of Exp 4, updates counted of critic or generator (thesis)",
               .rows = "R-28, R-62",
               .repeats = 5,
               .settings = {.steps = 100000},
               .measures = {{"KL at 20,000", "quality.kl", TableMeasure::Reading::at, kShort},
                            {"RMSE at 20,000", "quality.rmse", TableMeasure::Reading::at, kShort},
                            kKl,
                            kRmse},
               .core_seconds = 1.1e-3};
  struct Row {
    const char *model, *preset;
    double direct_kl, sts_kl;
  };
  for (const Row& row : {Row{"WGAN (28)", "thesis-28", 0.0425, 0.0117},
                         Row{"WGAN (two)", "thesis-two", 0.1644, 0.0679}}) {
    const auto cell = [&](const std::string& name, const std::string& preset, double kl,
                          std::map<std::string, std::string> settings) {
      e.cells.push_back({fmt::format("{} {}", row.model, name),
                         preset,
                         std::move(settings),
                         {{"KL", {kl}}, {"KL at 20,000", {kl}}}});
    };
    const std::string sts = std::string(row.preset) + "-sts";
    cell("direct", row.preset, row.direct_kl, {});
    cell("direct wide kernel", row.preset, row.direct_kl, {{"kl.bandwidth", "3"}});
    cell("direct z in 0..1", row.preset, row.direct_kl, {{"latent.distribution", "unit"}});
    cell("STS of critic updates", sts, row.sts_kl, {});
    cell("STS of generator updates", sts, row.sts_kl, {{"k", kLongStages}});
  }
  return e;
}

// Exp 5 (Tables 5.15 to 5.17, Figs 5.9 to 5.14): how many of 20 runs make digits.
Experiment exp5() {
  Experiment e{.name = "exp-5",
               .title =
                   "GAN on MNIST over L2, direct and smooth to sharp: runs that make digits "
                   "(thesis, Fig. 5.11)",
               .rows = "TH-35, TH-36, R-34",
               .repeats = 20,
               .measures = {{"success", "features.success"},
                            {"confidence", "features.confidence"},
                            {"classes", "features.classes"}},
               .brings =
                   "bring MNIST, --data mnist:DIR, and a classifier of it, --set "
                   "extractor=FILE; 3.3 core-hours at full length"};
  struct Row {
    const char* l2;
    std::optional<double> direct;  // of 20
  };
  const Row rows[] = {{"0", 1}, {"1e-5", {}}, {"1e-4", 18}, {"1e-3", 2}};
  const auto cell = [&](const std::string& name, const std::string& preset, const char* l2,
                        std::optional<double> of_20) {
    Cell cell{name, preset, {{"l2", l2}, {"extractor.measures", "confidence"}}};
    if (of_20) cell.published = {{"success", {*of_20 / 20}}};
    e.cells.push_back(std::move(cell));
  };
  for (const Row& row : rows)
    cell(fmt::format("direct {}", row.l2), "thesis-mnist-gan", row.l2, row.direct);
  for (const Row& row : rows)
    cell(fmt::format("STS {}", row.l2), "thesis-mnist-gan-sts", row.l2, 20);
  for (const char* l2 : {"0", "1e-3"})
    e.claims.push_back({fmt::format("direct: more runs succeed at 1e-4 than at {}", l2),
                        {1, fmt::format("direct {}", l2), "success"},
                        {1, "direct 1e-4", "success"}});
  for (const Row& row : rows)
    e.claims.push_back({fmt::format("STS {}: nineteen of twenty succeed", row.l2),
                        {0.95},
                        {1, fmt::format("STS {}", row.l2), "success"}});
  return e;
}

}  // namespace

std::vector<Experiment> thesis_experiments() {
  return {exp1(), table_5_6(), tiles(), exp3(), table_5_14(), exp5(), tables_5_21_22(), readings()};
}

}  // namespace ganflow
