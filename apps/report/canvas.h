// A surface to draw on, as SVG or as PNG of the same picture: Cairo. Lengths are in pixels of the
// SVG, of which a PNG has twice as many a side; y grows downwards.
#pragma once

#include <memory>
#include <span>
#include <string>

namespace ganflow::report {

enum class Format { svg, png };

struct Colour {
  double red = 0, green = 0, blue = 0, alpha = 1;
};

struct Point {
  double x = 0, y = 0;
};

enum class Anchor { left, centre, right };

struct Stroke {
  Colour colour;
  double width = 1;
  bool dashed = false;
};

class Canvas {
 public:
  Canvas(double width, double height, Format format);
  ~Canvas();

  void line(std::span<const Point> points, const Stroke& stroke);
  void area(std::span<const Point> outline, Colour colour);  // filled
  void disc(Point centre, double radius, Colour colour);
  // Its baseline begins, is centred or ends at `at`; turned by `degrees` against the clock.
  void text(Point at, const std::string& text, Anchor anchor, double size, Colour colour = {},
            double degrees = 0);
  double text_width(const std::string& text, double size);
  // Until the next call everything outside of the rectangle stays as it is; a width of 0: no more.
  void clip(Point corner, double width, double height);

  // The bytes of the file. Nothing can be drawn afterwards. Throws Error(output).
  std::string finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ganflow::report
