#include "apps/report/run_figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>

#include "apps/command/progress.h"
#include "io/run/table.h"

namespace ganflow::report {
namespace {

constexpr std::size_t kMostCurves = 8, kMostBoxes = 16;

// "r(log KL ~ W)" as a file's name: "log_KL_W".
std::string file_name(const std::string& text) {
  std::string name;
  for (const char c : text)
    if (std::isalnum(static_cast<unsigned char>(c)))
      name += c;
    else if (!name.empty() && name.back() != '_')
      name += '_';
  return name;
}

std::string numbered(const std::string& name, std::size_t part, std::size_t parts) {
  return parts == 1 ? name : fmt::format("{}_{}", name, part + 1);
}

const Column* column_of(const std::vector<Table>& tables, const std::string& name) {
  for (const Table& table : tables)
    if (name.starts_with(table.name + "."))
      if (const auto c = table.find(name.substr(table.name.size() + 1)))
        return &table.columns()[*c];
  return nullptr;
}

bool shown(const std::string& name) {
  return cli::headline(name) && !name.ends_with("_floor") && !name.ends_with(".n");
}

}  // namespace

std::vector<Captioned> curve_figures(const std::vector<Measured>& groups,
                                     const std::vector<Table>& tables, const std::string& stem) {
  std::map<std::string, std::vector<const Measured*>> by_metric;
  for (const Measured& group : groups)
    for (const auto& [name, values] : group.tracks)
      if (shown(name) && !values.empty()) by_metric[name].push_back(&group);
  std::vector<Captioned> figures;
  for (const auto& [name, with] : by_metric) {
    const std::size_t parts = (with.size() + kMostCurves - 1) / kMostCurves;
    for (std::size_t part = 0; part < parts; ++part) {
      const Column* column = column_of(tables, name);
      const std::string unit = column != nullptr && column->unit != "1" ? column->unit : "";
      Captioned& made = figures.emplace_back();
      Figure& figure = made.figure;
      figure.name = stem + numbered(file_name(name), part, parts);
      figure.title = name;
      figure.x = "critic updates";
      figure.y = unit;
      std::vector<double> all;
      const std::size_t end = std::min(with.size(), (part + 1) * kMostCurves);
      std::vector<Curve> floors;
      for (std::size_t g = part * kMostCurves; g < end; ++g) {
        Curve curve = curve_of(with[g]->label, with[g]->tracks.at(name));
        all.insert(all.end(), curve.y.begin(), curve.y.end());
        figure.curves.push_back(std::move(curve));
        const auto floor = with[g]->tracks.find(name + "_floor");
        if (floor == with[g]->tracks.end()) continue;
        Curve reference = curve_of("floor", floor->second);
        reference.reference = true;
        reference.low.clear(), reference.high.clear();
        const auto same = [&](const Curve& c) { return c.y == reference.y; };
        if (std::ranges::none_of(floors, same)) floors.push_back(std::move(reference));
      }
      for (std::size_t f = 1; f < floors.size(); ++f) floors[f].label.clear();
      std::ranges::move(floors, std::back_inserter(figure.curves));
      figure.log_y = wants_log(all);
      made.caption = fmt::format(
          "{}{}", column != nullptr ? column->description : name,
          std::ranges::any_of(figure.curves, [](const Curve& c) { return !c.low.empty(); })
              ? "; mean over seeds and its 95 % interval"
              : "");
    }
  }
  return figures;
}

std::vector<Captioned> experiment_figures(const Experiment& experiment,
                                          const std::vector<results::CellResult>& results,
                                          const std::string& stem) {
  std::vector<Captioned> figures;
  for (const TableMeasure& measure : experiment.measures) {
    std::vector<BoxPlot> boxes;
    std::vector<double> all;
    bool published = false;
    for (const results::CellResult& result : results) {
      const auto values = result.values.find(measure.name);
      if (values == result.values.end() || values->second.empty()) continue;
      BoxPlot& box = boxes.emplace_back(BoxPlot{result.cell->name, values->second});
      all.insert(all.end(), values->second.begin(), values->second.end());
      const auto found = result.cell->published.find(measure.name);
      if (found == result.cell->published.end()) continue;
      box.published = found->second;
      published = true;
    }
    const std::size_t parts = (boxes.size() + kMostBoxes - 1) / kMostBoxes;
    for (std::size_t part = 0; part < parts; ++part) {
      Captioned& made = figures.emplace_back();
      made.figure = {.name = stem + numbered(file_name(measure.name + "_boxes"), part, parts),
                     .title = measure.name,
                     .log_y = wants_log(all)};
      const auto from = boxes.begin() + static_cast<std::ptrdiff_t>(part * kMostBoxes);
      made.figure.boxes.assign(from, boxes.begin() + static_cast<std::ptrdiff_t>(std::min(
                                                         boxes.size(), (part + 1) * kMostBoxes)));
      made.caption =
          fmt::format("{} of each run (dots), median, quartiles, whiskers to 1.5 boxes{}",
                      measure.name, published ? "; diamonds: published" : "");
    }
  }
  for (const Fit& fit : experiment.fits) {
    Captioned& made = figures.emplace_back();
    made.figure = {.name = stem + file_name(fit.name),
                   .title = fit.name,
                   .x = fit.x,
                   .y = (fit.log_y ? "ln " : "") + fit.y};
    for (const results::CellResult& result : results)
      if (const auto found = result.fits.find(fit.name); found != result.fits.end()) {
        const results::FittedLine& line = found->second;
        made.figure.clouds.push_back(
            {fmt::format("{}: r {:.3f}, n {}", result.cell->name, line.line.r, line.line.n), line.x,
             line.y, line.line});
      }
    made.caption = fmt::format(
        "{} over {}, a mean of {} updates, at every evaluation of every run "
        "that counts; least squares",
        made.figure.y, fit.x, fit.window);
  }
  return figures;
}

}  // namespace ganflow::report
