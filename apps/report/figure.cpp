#include "apps/report/figure.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "apps/report/axis.h"

namespace ganflow::report {
namespace {

constexpr double kText = 13, kSmall = 11.5, kLeft = 62, kRight = kFigureWidth - kPlotWidth - kLeft,
                 kTop = 26, kLine = 17;
const Colour kBlack{0.13, 0.13, 0.13}, kGrey{0.55, 0.55, 0.55}, kFaint{0.88, 0.88, 0.88},
    kArrow{0.68, 0.68, 0.68};

Colour faded(Colour c, double alpha) {
  c.alpha = alpha;
  return c;
}

// Labels in rows below the plot, as many a row as fit.
struct Legend {
  struct Entry {
    std::string label;
    Stroke stroke;
    double x = 0;
    int row = 0;
  };
  std::vector<Entry> entries;
  int rows = 0;
};

Legend legend_of(const Figure& figure, Canvas& ruler) {
  Legend legend;
  for (std::size_t i = 0; i < figure.curves.size(); ++i) {
    const bool reference = figure.curves[i].reference;
    legend.entries.push_back(
        {figure.curves[i].label, {reference ? kGrey : colour(i), 2, reference}});
  }
  for (std::size_t i = 0; i < figure.clouds.size(); ++i)
    legend.entries.push_back({figure.clouds[i].label, {colour(i), 2}});
  std::erase_if(legend.entries, [](const Legend::Entry& e) { return e.label.empty(); });
  double x = kLeft;
  for (Legend::Entry& e : legend.entries) {
    const double width = 30 + ruler.text_width(e.label, kSmall);
    if (x > kLeft && x + width > kFigureWidth - kRight) {
      x = kLeft;
      ++legend.rows;
    }
    e.x = x;
    e.row = legend.rows;
    x += width + 10;
  }
  if (!legend.entries.empty()) ++legend.rows;
  return legend;
}

class Plot {
 public:
  Plot(const Figure& figure, Format format) : figure_(figure), y_(figure.log_y) {
    Canvas ruler(kFigureWidth, 1, Format::svg);
    legend_ = legend_of(figure, ruler);
    double labels = kLine;  // of the x axis
    for (const BoxPlot& box : figure.boxes) {
      const double turned = 0.64 * ruler.text_width(box.label, kSmall) + 14;
      labels = std::max(labels, std::min(turned, 130.0));
    }
    bottom_ = kTop + kPlotHeight;
    below_ = bottom_ + labels + (figure.x.empty() ? 6 : kLine + 4);
    height_ = below_ + kLine * legend_.rows + 6;
    canvas_.emplace(kFigureWidth, height_, format);
  }

  std::string draw() {
    see();
    x_.place(kLeft, kFigureWidth - kRight);
    y_.place(bottom_, kTop);
    frame();
    canvas_->clip({kLeft, kTop}, kFigureWidth - kRight - kLeft, kPlotHeight);
    for (const Arrow& a : figure_.arrows) arrow(a);
    for (std::size_t i = 0; i < figure_.curves.size(); ++i) curve(figure_.curves[i], colour(i));
    for (std::size_t i = 0; i < figure_.clouds.size(); ++i) cloud(figure_.clouds[i], colour(i));
    for (std::size_t i = 0; i < figure_.boxes.size(); ++i)
      box(figure_.boxes[i], static_cast<double>(i), colour(0));
    canvas_->clip({}, 0, 0);
    return canvas_->finish();
  }

 private:
  void see() {
    for (const Curve& c : figure_.curves)
      for (std::size_t i = 0; i < c.x.size(); ++i) {
        if (!y_.shows(c.y[i])) continue;
        x_.see(c.x[i]);
        y_.see(c.y[i]);
      }
    for (const Cloud& c : figure_.clouds) {
      for (const double v : c.x) x_.see(v);
      for (const double v : c.y) y_.see(v);
    }
    for (const Arrow& a : figure_.arrows) {
      x_.see(a.x);
      y_.see(a.y);
    }
    for (std::size_t i = 0; i < figure_.boxes.size(); ++i) {
      const BoxPlot& b = figure_.boxes[i];
      x_.see(static_cast<double>(i) - 0.5);
      x_.see(static_cast<double>(i) + 0.5);
      for (const double v : b.values) y_.see(v);
      if (b.published) y_.see(b.published->mean);
    }
  }

  void frame() {
    canvas_->text({kLeft, 17}, figure_.title, Anchor::left, kText, kBlack);
    const double right = kFigureWidth - kRight;
    for (const double tick : y_.ticks()) {
      const double y = y_.at(tick);
      canvas_->line(std::array{Point{kLeft, y}, Point{right, y}}, {kFaint});
      canvas_->text({kLeft - 6, y + 4}, y_.label(tick), Anchor::right, kSmall, kBlack);
    }
    if (figure_.boxes.empty())
      for (const double tick : x_.ticks()) {
        const double x = x_.at(tick);
        canvas_->line(std::array{Point{x, bottom_}, Point{x, bottom_ + 4}}, {kGrey});
        canvas_->text({x, bottom_ + kLine}, x_.label(tick), Anchor::centre, kSmall, kBlack);
      }
    for (std::size_t i = 0; i < figure_.boxes.size(); ++i)
      canvas_->text({x_.at(static_cast<double>(i)) + 4, bottom_ + 13}, figure_.boxes[i].label,
                    Anchor::right, kSmall, kBlack, 40);
    canvas_->line(std::array{Point{kLeft, kTop}, Point{kLeft, bottom_}, Point{right, bottom_}},
                  {kGrey});
    canvas_->text({(kLeft + right) / 2, below_ - 6}, figure_.x, Anchor::centre, kSmall, kBlack);
    canvas_->text({14, (kTop + bottom_) / 2}, figure_.y, Anchor::centre, kSmall, kBlack, 90);
    for (const Legend::Entry& e : legend_.entries) {
      const double y = below_ + kLine * (e.row + 0.5);
      canvas_->line(std::array{Point{e.x, y}, Point{e.x + 18, y}}, e.stroke);
      canvas_->text({e.x + 24, y + 4}, e.label, Anchor::left, kSmall, kBlack);
    }
  }

  void arrow(const Arrow& a) {
    const double length = std::hypot(a.dx, a.dy);
    if (!(length > 0)) return;
    constexpr double kHalf = 5.5, kHead = 4, kWide = 2;
    const double ux = a.dx / length, uy = -a.dy / length, x = x_.at(a.x), y = y_.at(a.y);
    const auto on = [&](double along, double across) {
      return Point{x + along * ux - across * uy, y + along * uy + across * ux};
    };
    canvas_->line(std::array{on(-kHalf, 0), on(kHalf - kHead, 0)}, {kArrow, 1});
    canvas_->area(std::array{on(kHalf, 0), on(kHalf - kHead, kWide), on(kHalf - kHead, -kWide)},
                  kArrow);
  }

  // Where what cannot be placed ends a line, another begins.
  void curve(const Curve& c, Colour colour) {
    std::vector<Point> points, upper, lower;
    const auto flush = [&] {
      if (points.size() == 1) canvas_->disc(points[0], 2.5, colour);
      if (points.size() > 1)
        canvas_->line(points, {c.reference ? kGrey : colour, c.reference ? 1.2 : 1.8, c.reference});
      upper.insert(upper.end(), lower.rbegin(), lower.rend());
      if (upper.size() > 2) canvas_->area(upper, faded(colour, 0.18));
      points.clear(), upper.clear(), lower.clear();
    };
    for (std::size_t i = 0; i < c.x.size(); ++i) {
      if (!y_.shows(c.y[i])) {
        flush();
        continue;
      }
      const double x = x_.at(c.x[i]);
      points.push_back({x, y_.at(c.y[i])});
      if (c.low.empty()) continue;
      upper.push_back({x, y_.at(c.high[i])});
      lower.push_back({x, y_.shows(c.low[i]) ? y_.at(c.low[i]) : bottom_});
    }
    flush();
  }

  void cloud(const Cloud& c, Colour colour) {
    for (std::size_t i = 0; i < c.x.size(); ++i)
      if (y_.shows(c.y[i])) canvas_->disc({x_.at(c.x[i]), y_.at(c.y[i])}, 2.2, faded(colour, 0.55));
    if (!c.line || std::isnan(c.line->slope) || c.x.empty()) return;
    const auto [least, greatest] = std::ranges::minmax(c.x);
    const auto on = [&](double x) {
      return Point{x_.at(x), y_.at(c.line->intercept + c.line->slope * x)};
    };
    canvas_->line(std::array{on(least), on(greatest)}, {colour, 1.8});
  }

  void box(const BoxPlot& b, double place, Colour colour) {
    const results::Box five = results::box_of(b.values);
    const auto at = [&](double dx, double value) {
      return Point{x_.at(place + dx), y_.shows(value) ? y_.at(value) : bottom_};
    };
    const auto rule = [&](double from, double to, double value, double width) {
      canvas_->line(std::array{at(from, value), at(to, value)}, {colour, width});
    };
    canvas_->area(std::array{at(-0.3, five.first), at(0.1, five.first), at(0.1, five.third),
                             at(-0.3, five.third)},
                  faded(colour, 0.25));
    rule(-0.3, 0.1, five.median, 2.4);
    rule(-0.3, 0.1, five.first, 1);
    rule(-0.3, 0.1, five.third, 1);
    rule(-0.2, 0, five.low, 1);
    rule(-0.2, 0, five.high, 1);
    canvas_->line(std::array{at(-0.1, five.low), at(-0.1, five.first)}, {colour});
    canvas_->line(std::array{at(-0.1, five.third), at(-0.1, five.high)}, {colour});
    for (const double v : b.values) canvas_->disc(at(0.2, v), 1.6, faded(kBlack, 0.6));
    if (!b.published) return;
    const double mean = b.published->mean, deviation = b.published->deviation.value_or(0);
    const Point centre = at(0.38, mean);
    canvas_->line(std::array{at(0.38, mean - deviation), at(0.38, mean + deviation)},
                  {report::colour(1), 1.4});
    canvas_->area(std::array{Point{centre.x, centre.y - 5}, Point{centre.x + 4, centre.y},
                             Point{centre.x, centre.y + 5}, Point{centre.x - 4, centre.y}},
                  report::colour(1));
  }

  const Figure& figure_;
  Axis x_, y_;
  Legend legend_;
  double bottom_ = 0, below_ = 0, height_ = 0;
  std::optional<Canvas> canvas_;
};

}  // namespace

Colour colour(std::size_t n) {
  static const Colour colours[] = {{0, .447, .698},  {.835, .369, 0}, {0, .62, .451},
                                   {.8, .475, .655}, {.902, .624, 0}, {.337, .706, .914},
                                   {.45, .45, .45},  {.58, .40, .10}};
  return colours[n % std::size(colours)];
}

std::string draw(const Figure& figure, Format format) { return Plot(figure, format).draw(); }

bool wants_log(const std::vector<double>& values) {
  double least = HUGE_VAL, greatest = 0;
  for (const double v : values) {
    if (!std::isfinite(v)) continue;
    least = std::min(least, v);
    greatest = std::max(greatest, v);
  }
  return least > 0 && greatest >= 30 * least;
}

}  // namespace ganflow::report
