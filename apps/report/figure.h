// A figure of a report as data, and as the bytes of an SVG or PNG file.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apps/report/canvas.h"
#include "apps/results/statistics.h"
#include "graphs/experiment.h"

namespace ganflow::report {

// A line; with `low` and `high` a band around it. Points that are not finite are left out.
struct Curve {
  std::string label;
  std::vector<double> x, y, low = {}, high = {};
  bool reference = false;  // grey and dashed: a floor
};

// A box plot of one group, every value a dot beside it; what was published a diamond with its
// deviation.
struct BoxPlot {
  std::string label;
  std::vector<double> values;  // at least one
  std::optional<Published> published = {};
};

// Points, and the line that was fitted to them.
struct Cloud {
  std::string label;
  std::vector<double> x, y;
  std::optional<results::Line> line = {};
};

// A direction at a point, of one length on paper whatever (dx, dy) is; none where both are 0.
struct Arrow {
  double x = 0, y = 0, dx = 0, dy = 0;
};

struct Figure {
  std::string name;  // of its files: "quality_kl"
  std::string title, x, y;
  bool log_y = false;
  std::vector<Curve> curves = {};
  std::vector<Cloud> clouds = {};
  std::vector<BoxPlot> boxes = {};  // then x is their labels
  // Below all else; directions are those of a plane whose axes have one scale.
  std::vector<Arrow> arrows = {};
};

constexpr double kFigureWidth = 480, kPlotWidth = 406, kPlotHeight = 240;

// The n-th of eight colours that people who see some of them alike can still tell apart (Okabe and
// Ito), over again after that.
Colour colour(std::size_t n);

// Throws Error(output).
std::string draw(const Figure& figure, Format format);

// Whether values span so much that they are to be read on a log axis: all above 0, the greatest at
// least 30 times the least.
bool wants_log(const std::vector<double>& values);

}  // namespace ganflow::report
