#include "apps/report/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "apps/command/progress.h"
#include "apps/command/say.h"
#include "apps/report/html.h"
#include "apps/report/portraits.h"
#include "apps/report/run_figures.h"
#include "apps/results/table_text.h"
#include "engine/error.h"
#include "io/data/byte_source.h"
#include "io/disk/durable.h"
#include "io/run/run_index.h"

namespace ganflow::report {
namespace {

constexpr std::size_t kMostGrids = 6;  // of a strip

using Rows = std::vector<std::vector<std::string>>;

struct Run {
  std::string path, name;
  RunIndex index;
  std::vector<Measured> groups;
  std::vector<const ReplicaInfo*> firsts;  // of the groups
  std::vector<Table> tables;               // of all replicas, each once
};

Run read_run(const std::string& path) {
  Run run{.path = path,
          .name = std::filesystem::path(path).lexically_normal().filename().string(),
          .index = read_run_index(path)};
  std::set<std::string> seen;
  for (const Group& group : groups_of(run.index.info)) {
    run.groups.push_back({group.label, tracks_of(path, group)});
    run.firsts.push_back(group.replicas.front());
    for (const Table& table : tables_of(*group.replicas.front(), false))
      if (seen.insert(table.name).second) run.tables.push_back(table);
  }
  return run;
}

std::string bytes_of(const std::string& path) {
  ByteSource file(path);
  std::string bytes(file.most_bytes(), '\0');
  bytes.resize(file.read({reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size()}));
  return bytes;
}

void add_figures(Page& page, const std::string& out, const std::vector<Captioned>& figures) {
  if (!figures.empty()) make_directory(out + "/figures");
  for (const auto& [figure, caption] : figures) {
    const std::string svg = draw(figure, Format::svg), png = draw(figure, Format::png);
    write_durably(out + "/figures/" + figure.name + ".svg", std::as_bytes(std::span(svg)));
    write_durably(out + "/figures/" + figure.name + ".png", std::as_bytes(std::span(png)));
    page.figure(svg, caption);
  }
}

void add_facts(Page& page, const Run& run) {
  const RunInfo& info = run.index.info;
  const auto option = [&](const char* name) {
    const auto found = info.options.find(name);
    return found == info.options.end() ? "-" : found->second;
  };
  Rows rows{{"graph", "replicas", "steps", "batch", "data", "device", "begun", "version", "host"}};
  rows.push_back({info.graph, std::to_string(info.replicas.size()), option("steps"),
                  option("batch"), option("data"), info.device, run.index.created,
                  run.index.version, run.index.host});
  page.table(rows);
  std::string flags;
  for (const auto& [flag, values] : info.flags)
    for (const std::string& value : values) flags += fmt::format(" --{} {}", flag, value);
  if (!flags.empty()) page.paragraph("Flags:" + flags);
}

void add_experiment(Page& page, const std::string& out, const Run& run, const Experiment& e,
                    const std::string& stem) {
  const std::vector<results::CellResult> cells = results::read_results(e, run.path);
  const std::string changed = results::changed_by(run.index.info);
  page.paragraph(fmt::format("{} ({}){}", e.title, e.rows,
                             changed.empty() ? "" : "; SHORTENED OR CHANGED by " + changed));
  page.table(results::measure_rows(e, cells));
  page.paragraph("Mean +- standard deviation [half width of the mean's 95 % interval].");
  for (const Fit& fit : e.fits) page.table(results::fit_rows(fit, cells));
  for (const std::string& line : results::dropped_lines(cells)) page.paragraph(line);
  Rows claims = results::claim_rows(e, cells);
  claims.insert(claims.begin(), {"verdict", "claim", "found"});
  if (claims.size() > 1) page.table(claims);
  add_figures(page, out, portrait_figures(e, run.path, run.index.info, stem));
  add_figures(page, out, experiment_figures(e, cells, stem));
}

// Last value of every metric by group; of several runs the runs are the groups.
void add_last_values(Page& page, const std::vector<Measured>& groups) {
  std::set<std::string> metrics;
  for (const Measured& group : groups)
    for (const auto& [name, values] : group.tracks)
      if (cli::headline(name) && !values.empty()) metrics.insert(name);
  Rows rows{{"last value"}};
  for (const Measured& group : groups) rows[0].push_back(group.label);
  for (const std::string& name : metrics) {
    std::vector<std::string>& row = rows.emplace_back();
    row.push_back(name);
    for (const Measured& group : groups) {
      const auto found = group.tracks.find(name);
      row.push_back(found == group.tracks.end() || found->second.empty()
                        ? "-"
                        : results::text_of(results::sample_of(found->second.rbegin()->second)));
    }
  }
  if (rows.size() > 1) page.table(rows);
}

// Pictures of the first seed of each group, evenly over the steps, the last among them.
void add_pictures(Page& page, const Run& run) {
  for (std::size_t g = 0; g < run.firsts.size(); ++g) {
    const std::string replica = run.path + "/" + replica_directory(run.firsts[g]->index);
    for (const std::string& folder : directory_entries(replica)) {
      std::vector<std::string> files;
      for (const std::string& file : directory_entries(replica + "/" + folder))
        if (file.ends_with(".png")) files.push_back(file);
      std::ranges::sort(files);
      if (files.empty()) continue;
      const std::size_t shown = std::min(files.size(), kMostGrids);
      std::vector<std::pair<std::string, std::string>> pictures;
      for (std::size_t i = 0; i < shown; ++i) {
        const std::size_t at = shown == 1 ? files.size() - 1 : i * (files.size() - 1) / (shown - 1);
        Step step = 0;
        parse_step_file(files[at].substr(0, files[at].size() - 4) + ".h5", step);
        pictures.emplace_back(bytes_of(replica + "/" + folder + "/" + files[at]),
                              fmt::format("step {}", step));
      }
      page.strip(pictures,
                 fmt::format("{}{}seed {}: {} over time", run.groups[g].label,
                             run.groups[g].label.empty() ? "" : ", ", run.firsts[g]->seed, folder));
    }
  }
}

// Curves and last values of all, each group labelled by its run.
void add_comparison(Page& page, const std::string& out, const std::vector<Run>& runs) {
  std::vector<Measured> groups;
  std::vector<Table> tables;
  for (const Run& run : runs) {
    for (const Measured& group : run.groups)
      groups.push_back({run.name + (group.label.empty() ? "" : ": " + group.label), group.tracks});
    tables.insert(tables.end(), run.tables.begin(), run.tables.end());
  }
  page.heading(2, "Comparison");
  add_last_values(page, groups);
  add_figures(page, out, curve_figures(groups, tables, "comparison_"));
}

}  // namespace

int write_report(const ReportOptions& options, const std::vector<Experiment>& experiments) {
  std::vector<Run> runs;
  for (const std::string& path : options.runs) runs.push_back(read_run(path));
  const std::string out = options.out.empty() ? options.runs[0] + "/report" : options.out;
  make_directory(out);
  std::string title;
  for (const Run& run : runs)
    title += fmt::format("{}{}", title.empty() ? "" : ", ", run.index.info.graph);
  Page page(title);
  if (runs.size() > 1) add_comparison(page, out, runs);
  for (std::size_t r = 0; r < runs.size(); ++r) {
    const Run& run = runs[r];
    const std::string stem = runs.size() > 1 ? fmt::format("run{}_", r + 1) : "";
    page.heading(2, fmt::format("{}: {}", run.name, run.index.info.graph));
    add_facts(page, run);
    const auto found = std::ranges::find(experiments, run.index.info.graph, &Experiment::name);
    if (found != experiments.end())
      add_experiment(page, out, run, *found, stem);
    else
      add_last_values(page, run.groups);
    page.heading(3, "Metrics over the steps");
    add_figures(page, out, curve_figures(run.groups, run.tables, stem));
    page.heading(3, "Samples");
    add_pictures(page, run);
  }
  const std::string text = page.finish(), path = out + "/report.html";
  write_durably(path, std::as_bytes(std::span(text)));
  cli::say("{}: {} KiB; figures in {}/figures\n", path, text.size() / 1024, out);
  return 0;
}

}  // namespace ganflow::report
