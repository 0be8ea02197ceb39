// `ganflow report`: what its figures show, and that its page stands alone.
#include <doctest/doctest.h>

#include <cmath>
#include <fstream>

#include "apps/report/axis.h"
#include "apps/report/figure.h"
#include "apps/report/html.h"
#include "io/images/png.h"
#include "support/command.h"
#include "support/run_example.h"
#include "support/says.h"

using namespace ganflow;
using namespace ganflow::report;
using namespace ganflow::test;

namespace {

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::size_t count(const std::string& text, const std::string& what) {
  std::size_t n = 0;
  for (auto at = text.find(what); at != text.npos; at = text.find(what, at + 1)) ++n;
  return n;
}

Pixels pixels_of(const Figure& figure) {
  const std::string png = draw(figure, Format::png);
  return decode_png({reinterpret_cast<const std::uint8_t*>(png.data()), png.size()}, "figure");
}

// Mean place (x, y), in pixels of the SVG, of the pixels with a colour, and how many they are.
struct Found {
  double x = 0, y = 0;
  int n = 0;
};
Found find(const Pixels& picture, const Colour& colour) {
  Found found;
  for (Extent y = 0; y < picture.height; ++y)
    for (Extent x = 0; x < picture.width; ++x) {
      const std::uint8_t* p =
          &picture.data[static_cast<std::size_t>(y * picture.width + x) * picture.channels];
      const auto near = [](std::uint8_t is, double want) { return std::abs(is - 255 * want) < 3; };
      if (!near(p[0], colour.red) || !near(p[1], colour.green) || !near(p[2], colour.blue))
        continue;
      found.x += static_cast<double>(x) / 2;
      found.y += static_cast<double>(y) / 2;
      ++found.n;
    }
  found.x /= found.n;
  found.y /= found.n;
  return found;
}

}  // namespace

TEST_SUITE("report") {
  TEST_CASE("an axis places numbers and chooses ticks of one, two or five") {
    Axis linear;
    for (const double v : {0.0, 100.0, std::nan("")}) linear.see(v);
    linear.place(0, 108);
    CHECK(linear.at(0) == doctest::Approx(4));
    CHECK(linear.at(100) == doctest::Approx(104));
    CHECK(linear.ticks() == std::vector<double>{0, 20, 40, 60, 80, 100});
    Axis log(true);
    for (const double v : {0.01, 100.0, -1.0, 0.0}) log.see(v);
    log.place(0, 1);
    CHECK(log.at(1) == doctest::Approx(0.5));
    CHECK(log.ticks().size() == 5);
    CHECK(log.ticks()[0] == doctest::Approx(0.01));
    Axis same;
    same.see(3);
    same.place(0, 10);
    CHECK(same.at(3) == doctest::Approx(5));
    CHECK(same.label(20000) == "20k");
  }

  // The pictures are looked at by what is where in them.
  TEST_CASE("curves, points, fitted lines and boxes lie where their numbers are") {
    const Found low =
        find(pixels_of({.title = "t", .curves = {{"", {0, 10}, {1, 1}}, {"", {0, 10}, {3, 3}}}}),
             colour(0));
    const Found high =
        find(pixels_of({.title = "t", .curves = {{"", {0, 10}, {1, 1}}, {"", {0, 10}, {3, 3}}}}),
             colour(1));
    CHECK(low.n > 500);
    CHECK(low.y - high.y == doctest::Approx(kPlotHeight / 1.08).epsilon(0.02));
    CHECK(low.x == doctest::Approx(high.x).epsilon(0.01));

    // A dot at a quarter of the way up a log axis of four decades.
    const Figure log{.title = "t",
                     .log_y = true,
                     .clouds = {{"", {0, 0, 0}, {1e-2, 1e2, 1e2}}, {"", {1, 1}, {1e-1, 1e-1}}}};
    const Figure line{.title = "t", .clouds = {{"", {0, 4}, {0, 4}, results::Line{2, 1, 0, 1, 0}}}};
    const Found fitted = find(pixels_of(line), colour(0));
    CHECK(fitted.n > 800);  // the line: dots are paler
    CHECK(fitted.y == doctest::Approx(26 + kPlotHeight / 2).epsilon(0.03));
    CHECK(draw(log, Format::svg).find("<svg") != std::string::npos);

    const Figure boxes{
        .title = "t",
        .boxes = {{"a", {1, 2, 3, 4, 5}, Published{5}}, {"b", {11, 12, 13, 14, 15}, {}}}};
    const Pixels picture = pixels_of(boxes);
    const Found published = find(picture, colour(1));
    CHECK(published.n > 60);
    // 5 of 1 to 15, and right of the first of two boxes.
    CHECK(published.y ==
          doctest::Approx(26 + kPlotHeight * (1 - (4.0 / 14 + 0.04) / 1.08)).epsilon(0.01));
    CHECK(published.x < 0.55 * kFigureWidth);
    CHECK(find(picture, colour(0)).n > 200);
    // Nothing that is drawn twice differs.
    CHECK(draw(boxes, Format::png) == draw(boxes, Format::png));
  }

  TEST_CASE("arrows point along their field, below the curves") {
    // A column of arrows to the right and one that points nowhere.
    Figure field{.title = "t", .arrows = {{0, 0, 3, 0}, {0, 1, 3, 0}, {0, 2, 3, 0}, {1, 2, 0, 0}}};
    Pixels drawn = pixels_of(field);
    for (Arrow& arrow : field.arrows) arrow.dx = 0;
    const Pixels without = pixels_of(field);  // axes and text, which have greys of their own
    REQUIRE(drawn.data.size() == without.data.size());
    for (std::size_t i = 0; i < drawn.data.size(); ++i)
      if (drawn.data[i] == without.data[i]) drawn.data[i] = 255;
    const Found grey = find(drawn, {0.68, 0.68, 0.68});
    CHECK(grey.n > 60);
    CHECK(grey.y == doctest::Approx(26 + kPlotHeight / 2).epsilon(0.02));
    CHECK(grey.x == doctest::Approx(62 + kPlotWidth * 0.04 / 1.08).epsilon(0.05));
  }

  TEST_CASE("a flow's portrait: its runs in their plane, as page, SVG and PNG") {
    const TemporaryDirectory dir;
    const std::string run = dir / "run";
    REQUIRE(command("reproduce lemma-3 --steps 400 --out " + run).exit_code == 0);
    const Outcome outcome = command("report " + run);
    REQUIRE_MESSAGE(outcome.exit_code == 0, outcome.output);
    const std::string stem = run + "/report/figures/portrait_lemma_3";
    CHECK(text_of(stem + ".svg").find("</svg>") != std::string::npos);
    CHECK(text_of(run + "/report/report.html").find("each from its dot") != std::string::npos);
    const Pixels picture = read_png(stem + ".png");
    for (std::size_t cell = 0; cell < 4; ++cell) CHECK(find(picture, colour(cell)).n > 100);
  }

  TEST_CASE("a page escapes what it is given and holds its pictures") {
    Page page("a<b & \"c\"");
    page.table({{"x", "y"}, {"<script>", "1.5 +- 0.2"}});
    page.figure("<svg/>", "one");
    page.figure("\x89PNG", "two");
    const std::string html = page.finish();
    CHECK(html.find("<title>a&lt;b &amp; &quot;c&quot;</title>") != std::string::npos);
    CHECK(html.find("<td>&lt;script&gt;</td><td class=\"n\">1.5 +- 0.2</td>") != std::string::npos);
    CHECK(html.find("data:image/svg+xml;base64,PHN2Zy8+") != std::string::npos);
    CHECK(html.find("data:image/png;base64,iVBORw==") != std::string::npos);
    CHECK(count(html, "<div class=\"figures\">") == 1);
    CHECK(count(html, "<div") == count(html, "</div>"));
  }

  TEST_CASE("a report of an experiment and of several runs") {
    const TemporaryDirectory dir;
    const std::string run = dir / "run", other = dir / "other";
    REQUIRE(command("reproduce table-5.21 --batch 16 --repeats 2 --threads 2 --cells \"one 28\" "
                    "--steps 60 --evaluate-every 10 --sample-every 30 --out " +
                    run)
                .exit_code == 0);
    REQUIRE(command("train thesis-28 --batch 16 --steps 40 --evaluate-every 20 --out " + other)
                .exit_code == 0);
    const Outcome one = command("report " + run);
    REQUIRE_MESSAGE(one.exit_code == 0, one.output);
    const std::string html = text_of(run + "/report/report.html");
    for (const char* said :
         {"SHORTENED OR CHANGED by --cells one 28 --repeats 2", "<td>one 28 sharp</td>", ">0.96<",
          "one 28 sharp: r of log KL ~ W is at least 0.90", "seed 1: samples over time",
          "mean over seeds and its 95 % interval", "@media print", "width=device-width"})
      CHECK_MESSAGE(html.find(said) != std::string::npos, said);
    // Nothing is fetched: every picture is within.
    CHECK(count(html, "<img src=\"data:image/") == count(html, "<img"));
    CHECK(html.find("http") == html.npos);
    for (const char* figure :
         {"log_KL_W", "RMSE_W", "KL_boxes", "quality_kl", "critic_wasserstein"}) {
      const std::string stem = run + "/report/figures/" + figure;
      CHECK_MESSAGE(text_of(stem + ".svg").find("</svg>") != std::string::npos, figure);
      CHECK(read_png(stem + ".png").width == 2 * static_cast<Extent>(kFigureWidth));
    }
    REQUIRE(command("report " + run + " " + other + " --out " + (dir / "both")).exit_code == 0);
    const std::string both = text_of(dir / "both/report.html");
    CHECK(both.find("<h2>Comparison</h2>") != std::string::npos);
    CHECK(both.find("<th class=\"n\">run: one 28 smooth</th>") != std::string::npos);
    CHECK(both.find("<h2>other: thesis-28</h2>") != std::string::npos);
    says(command("report " + (dir / "none")), "none holds no run: there is no run.h5 in it");
  }
}
