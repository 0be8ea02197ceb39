#include "apps/command/reproduce.h"

#include <fmt/format.h>

#include "apps/command/train.h"
#include "apps/results/table_text.h"
#include "engine/error.h"
#include "engine/suggest.h"

namespace ganflow::cli {
namespace {

// The cells that --cells names: each by its name, or all that begin so.
std::vector<Cell> chosen_cells(const Experiment& experiment,
                               const std::vector<std::string>& names) {
  if (names.empty()) return experiment.cells;
  std::vector<bool> chosen(experiment.cells.size());
  for (const std::string& name : names) {
    bool any = false;
    std::vector<std::string> known;
    for (std::size_t c = 0; c < chosen.size(); ++c) {
      known.push_back(experiment.cells[c].name);
      if (!known.back().starts_with(name)) continue;
      any = chosen[c] = true;
    }
    if (!any)
      fail(Fault::usage, "--cells {}: '{}' has no such cell{}", name, experiment.name,
           suggestion(name, known));
  }
  std::vector<Cell> cells;
  for (std::size_t c = 0; c < chosen.size(); ++c)
    if (chosen[c]) cells.push_back(experiment.cells[c]);
  return cells;
}

// Where the flags say nothing, the experiment does.
RunOptions with_defaults(RunOptions options, const Experiment& experiment) {
  const GraphSettings& own = experiment.settings;
  if (!options.steps) options.steps = own.steps;
  if (!options.batch) options.batch = own.batch;
  if (!options.evaluate_every) options.evaluate_every = own.evaluate_every;
  if (!options.sample_every) options.sample_every = own.sample_every;
  if (!options.replicas) options.replicas = experiment.repeats;
  return options;
}

Step steps_of(const Experiment& experiment, const FindGraph& find) {
  Graph graph(experiment.cells[0].graph, experiment.settings);
  find(experiment.cells[0].graph)(graph);
  return graph.steps();
}

}  // namespace

int reproduce(const Experiment& experiment, const RunOptions& given, const FindGraph& find) {
  const RunOptions options = with_defaults(given, experiment);
  const auto table = [&](const std::string& run) {
    return results::table_text(experiment, read_run_index(run).info,
                               results::read_results(experiment, run));
  };
  return train({.name = experiment.name,
                .members = members(options, chosen_cells(experiment, options.cells)),
                .find = find,
                .conclusion = table},
               options);
}

std::string list_experiments(const std::vector<Experiment>& experiments, const FindGraph& find) {
  std::string text;
  for (const Experiment& e : experiments) {
    text += fmt::format("  {:<22} {}\n", e.name, e.title);
    const std::size_t runs = e.cells.size() * static_cast<std::size_t>(e.repeats);
    std::string cost = e.brings;
    if (e.brings.empty()) {
      const Step steps = steps_of(e, find);
      cost = fmt::format(
          "{} steps, about {:.2g} core-hours", steps,
          e.core_seconds * static_cast<double>(runs) * static_cast<double>(steps) / 3600);
    }
    text += fmt::format("  {:<22} {}: {} cells x {} repeats, {}\n", "", e.rows, e.cells.size(),
                        e.repeats, cost);
  }
  return text;
}

}  // namespace ganflow::cli
