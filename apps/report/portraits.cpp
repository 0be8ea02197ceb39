#include "apps/report/portraits.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "apps/results/records.h"

namespace ganflow::report {
namespace {

constexpr int kAcross = 22, kDown = 13;  // arrows

// The least window around what is seen that has the plot's proportions.
struct Window {
  double left = 0, right = 0, low = 0, high = 0;

  void see(double x, double y) {
    left = std::min(left, x), right = std::max(right, x);
    low = std::min(low, y), high = std::max(high, y);
  }
  void widen() {
    const double wide = std::max({right - left, (high - low) * kPlotWidth / kPlotHeight, 1e-6});
    const double tall = wide * kPlotHeight / kPlotWidth;
    left = (left + right - wide) / 2, right = left + wide;
    low = (low + high - tall) / 2, high = low + tall;
  }
};

Figure figure_of(const PhasePortrait& portrait, std::vector<Curve> lines) {
  Window window;  // (0, 0) is in it
  for (const Curve& line : lines)
    for (std::size_t i = 0; i < line.x.size(); ++i) window.see(line.x[i], line.y[i]);
  for (const double x : portrait.nullclines) window.see(x, 0);
  window.see(-portrait.radius, -portrait.radius);
  window.see(portrait.radius, portrait.radius);
  window.widen();

  Figure figure{.title = portrait.title, .x = portrait.x, .y = portrait.y};
  for (int row = 0; row < kDown; ++row)
    for (int column = 0; column < kAcross; ++column) {
      const double x = std::lerp(window.left, window.right, column / (kAcross - 1.0));
      const double y = std::lerp(window.low, window.high, row / (kDown - 1.0));
      const auto [dx, dy] = portrait.field(x, y);
      figure.arrows.push_back({x, y, dx, dy});
    }
  for (const Curve& line : lines) figure.clouds.push_back({"", {line.x[0]}, {line.y[0]}});
  figure.curves = std::move(lines);
  if (portrait.radius > 0) {
    Curve circle{.label = fmt::format("radius {:g}", portrait.radius), .reference = true};
    for (int i = 0; i <= 120; ++i) {
      circle.x.push_back(portrait.radius * std::cos(i * std::numbers::pi / 60));
      circle.y.push_back(portrait.radius * std::sin(i * std::numbers::pi / 60));
    }
    figure.curves.push_back(std::move(circle));
  }
  for (const double x : portrait.nullclines)
    figure.curves.push_back({.label = fmt::format("{} = {:g}", portrait.x, x),
                             .x = {x, x},
                             .y = {window.low, window.high},
                             .reference = true});
  return figure;
}

}  // namespace

std::vector<Captioned> portrait_figures(const Experiment& experiment, const std::string& run,
                                        const RunInfo& info, const std::string& stem) {
  std::vector<Captioned> figures;
  for (const PhasePortrait& portrait : experiment.portraits) {
    std::vector<Curve> lines;
    for (const std::string& cell : portrait.cells) {
      const auto replica = std::ranges::find(info.replicas, cell, &ReplicaInfo::cell);
      if (replica == info.replicas.end()) continue;
      results::Records rows =
          results::read_records(run, *replica, portrait.table, {portrait.x, portrait.y});
      if (rows.steps.empty()) continue;
      lines.push_back({.label = cell,
                       .x = std::move(rows.columns.at(portrait.x)),
                       .y = std::move(rows.columns.at(portrait.y))});
    }
    if (lines.empty()) continue;
    Captioned& made = figures.emplace_back();
    made.figure = figure_of(portrait, std::move(lines));
    made.figure.name = stem + portrait.name;
    made.caption =
        fmt::format("{} over {} of the runs of seed 1, each from its dot; arrows: ({}', {}')",
                    portrait.y, portrait.x, portrait.x, portrait.y);
  }
  return figures;
}

}  // namespace ganflow::report
