#include "apps/report/canvas.h"

#include <cairo/cairo-svg.h>
#include <cairo/cairo.h>

#include <numbers>

#include "engine/error.h"

namespace ganflow::report {
namespace {

constexpr double kPngScale = 2;

cairo_status_t append(void* to, const unsigned char* data, unsigned int length) {
  static_cast<std::string*>(to)->append(reinterpret_cast<const char*>(data), length);
  return CAIRO_STATUS_SUCCESS;
}

}  // namespace

struct Canvas::Impl {
  Format format;
  std::string bytes;
  cairo_surface_t* surface = nullptr;
  cairo_t* cairo = nullptr;

  void colour(const Colour& c) { cairo_set_source_rgba(cairo, c.red, c.green, c.blue, c.alpha); }
  void path(std::span<const Point> points) {
    cairo_new_path(cairo);
    for (const Point& p : points) cairo_line_to(cairo, p.x, p.y);
  }
  void check(cairo_status_t status) const {
    if (status != CAIRO_STATUS_SUCCESS)
      fail(Fault::output, "a figure cannot be drawn: {}", cairo_status_to_string(status));
  }
};

Canvas::Canvas(double width, double height, Format format) : impl_(new Impl{.format = format}) {
  Impl& i = *impl_;
  const double scale = format == Format::png ? kPngScale : 1;
  i.surface = format == Format::svg
                  ? cairo_svg_surface_create_for_stream(append, &i.bytes, width, height)
                  : cairo_image_surface_create(CAIRO_FORMAT_RGB24, static_cast<int>(width * scale),
                                               static_cast<int>(height * scale));
  if (format == Format::svg) cairo_svg_surface_set_document_unit(i.surface, CAIRO_SVG_UNIT_PX);
  i.cairo = cairo_create(i.surface);
  cairo_scale(i.cairo, scale, scale);
  i.colour({1, 1, 1});
  cairo_paint(i.cairo);
  cairo_set_line_join(i.cairo, CAIRO_LINE_JOIN_ROUND);
}

Canvas::~Canvas() {
  cairo_destroy(impl_->cairo);
  cairo_surface_destroy(impl_->surface);
}

void Canvas::line(std::span<const Point> points, const Stroke& stroke) {
  Impl& i = *impl_;
  i.path(points);
  i.colour(stroke.colour);
  cairo_set_line_width(i.cairo, stroke.width);
  const double dashes[] = {5, 4};
  cairo_set_dash(i.cairo, dashes, stroke.dashed ? 2 : 0, 0);
  cairo_stroke(i.cairo);
}

void Canvas::area(std::span<const Point> outline, Colour colour) {
  impl_->path(outline);
  impl_->colour(colour);
  cairo_fill(impl_->cairo);
}

void Canvas::disc(Point centre, double radius, Colour colour) {
  cairo_new_path(impl_->cairo);
  cairo_arc(impl_->cairo, centre.x, centre.y, radius, 0, 2 * std::numbers::pi);
  impl_->colour(colour);
  cairo_fill(impl_->cairo);
}

double Canvas::text_width(const std::string& text, double size) {
  cairo_select_font_face(impl_->cairo, "sans-serif", CAIRO_FONT_SLANT_NORMAL,
                         CAIRO_FONT_WEIGHT_NORMAL);
  cairo_set_font_size(impl_->cairo, size);
  cairo_text_extents_t extents;
  cairo_text_extents(impl_->cairo, text.c_str(), &extents);
  return extents.x_advance;
}

void Canvas::text(Point at, const std::string& text, Anchor anchor, double size, Colour colour,
                  double degrees) {
  Impl& i = *impl_;
  const double width = text_width(text, size);
  const double before = anchor == Anchor::left ? 0 : anchor == Anchor::centre ? width / 2 : width;
  cairo_save(i.cairo);
  cairo_translate(i.cairo, at.x, at.y);
  cairo_rotate(i.cairo, -degrees * std::numbers::pi / 180);
  cairo_move_to(i.cairo, -before, 0);
  i.colour(colour);
  cairo_show_text(i.cairo, text.c_str());
  cairo_restore(i.cairo);
}

void Canvas::clip(Point corner, double width, double height) {
  cairo_reset_clip(impl_->cairo);
  if (width == 0) return;
  cairo_rectangle(impl_->cairo, corner.x, corner.y, width, height);
  cairo_clip(impl_->cairo);
}

std::string Canvas::finish() {
  Impl& i = *impl_;
  i.check(cairo_status(i.cairo));
  if (i.format == Format::png)
    i.check(cairo_surface_write_to_png_stream(i.surface, append, &i.bytes));
  cairo_surface_finish(i.surface);
  i.check(cairo_surface_status(i.surface));
  return std::move(i.bytes);
}

}  // namespace ganflow::report
