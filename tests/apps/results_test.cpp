#include "apps/results/results.h"

#include <doctest/doctest.h>

#include <cmath>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

#include "engine/graph/lower.h"
#include "graphs/experiments.h"
#include "graphs/presets.h"
#include "graphs/ready.h"
#include "support/image_files.h"

using namespace ganflow;
using namespace ganflow::results;
using namespace ganflow::test;

namespace {

CellResult with(const Cell& cell, const std::vector<double>& kl) {
  CellResult result{.cell = &cell};
  result.values["KL"] = kl;
  return result;
}

}  // namespace

TEST_SUITE("results") {
  // References: R 4.2: qt, cor.test; numpy.percentile.
  TEST_CASE("mean, deviation and interval; a line with r and p; the five numbers of a box") {
    const Sample s = sample_of(std::vector<double>{1, 2, 4, 8});
    CHECK(s.mean == 3.75);
    CHECK(s.deviation == doctest::Approx(3.095695936834452));
    CHECK(s.half_width == doctest::Approx(4.92594304823));
    CHECK(std::isnan(sample_of({}).mean));
    CHECK(sample_of(std::vector<double>{7}).half_width == 0);

    const std::vector<double> x{1, 2, 3, 4, 5}, y{2, 4, 5, 4, 5};
    const Line line = line_through(x, y);
    CHECK(line.slope == doctest::Approx(0.6));
    CHECK(line.intercept == doctest::Approx(2.2));
    CHECK(line.r == doctest::Approx(0.7745966692414834));
    CHECK(line.p == doctest::Approx(0.12402706265755456));
    CHECK(std::isnan(line_through(x, std::vector<double>(5, 1.0)).r));
    // Far in the tail, where 1 - cdf would be 0: r 0.96 of 104 records is about R-32's p of 4e-58.
    std::vector<double> far_x, far_y;
    for (int i = 0; i < 104; ++i) {
      far_x.push_back(i);
      far_y.push_back(i + (i % 2 == 0 ? 8.8 : -8.8));
    }
    const Line far = line_through(far_x, far_y);
    CHECK(far.r == doctest::Approx(0.959259111045796));
    CHECK(far.p == doctest::Approx(8.36602731242086e-58).epsilon(1e-9));

    const Box box = box_of({7, 1, 2, 3, 4, 100});
    CHECK(box.median == 3.5);
    CHECK(box.first == 2.25);
    CHECK(box.third == 6.25);
    CHECK(box.low == 1);
    CHECK(box.high == 7);
    CHECK(box.outliers == std::vector<double>{100});
  }

  TEST_CASE("a claim holds, does not, or is not tested") {
    const Cell a{"a"}, b{"b"};
    const Experiment e{.name = "e",
                       .cells = {a, b},
                       .claims = {{"a below b", {1, "a", "KL"}, {1, "b", "KL"}},
                                  {"a below a tenth of b", {1, "a", "KL"}, {0.1, "b", "KL"}},
                                  {"a at least 0.5", {0.5}, {1, "a", "KL"}},
                                  {"c below b", {1, "c", "KL"}, {1, "b", "KL"}}}};
    const auto judged = judge(e, {with(a, {0.9, 1.1}), with(b, {2, 4})});
    CHECK(judged[0].verdict == Verdict::holds);
    CHECK(judged[0].less == 1);
    CHECK(judged[0].greater == 3);
    CHECK(judged[1].verdict == Verdict::fails);
    CHECK(judged[2].verdict == Verdict::holds);
    CHECK(judged[3].verdict == Verdict::untested);
  }

  TEST_CASE("docs/papers.md names every experiment, and none that is not there") {
    std::ifstream file(GANFLOW_SOURCE "/docs/papers.md");
    const std::string page{std::istreambuf_iterator<char>(file), {}};
    std::set<std::string> names;
    for (const Experiment& e : experiments()) {
      names.insert(e.name);
      const bool named = page.find("`" + e.name + "`") != std::string::npos ||
                         page.find("`reproduce " + e.name + "`") != std::string::npos;
      CHECK_MESSAGE(named, e.name);
    }
    const std::regex command("`reproduce ([a-z][^` ]*)");
    for (std::sregex_iterator at(page.begin(), page.end(), command), end; at != end; ++at)
      CHECK_MESSAGE(names.contains((*at)[1]), at->str());
  }

  // What an experiment names must exist: a typing error in a table of names would never be seen.
  TEST_CASE("experiments name presets, their options, their columns, and their own cells" *
            doctest::test_suite("exhaustive")) {
    for (const Experiment& e : experiments()) {
      CAPTURE(e.name);
      std::set<std::string> cells, measures;
      for (const TableMeasure& m : e.measures) measures.insert(m.name);
      for (const Fit& f : e.fits) measures.insert(r_of(f.name));
      for (const Cell& cell : e.cells) {
        CAPTURE(cell.name);
        CHECK(cells.insert(cell.name).second);
        CHECK(cell.name.find(',') == std::string::npos);
        for (const auto& [measure, published] : cell.published) CHECK(measures.contains(measure));
        std::vector<NamedGraph> all = presets();
        for (NamedGraph& graph : ready_graphs()) all.push_back(std::move(graph));
        const auto preset =
            std::ranges::find_if(all, [&](const NamedGraph& g) { return g.name == cell.graph; });
        REQUIRE(preset != all.end());
        GraphSettings settings = e.settings;
        settings.values = cell.settings;
        if (!e.brings.empty()) {
          const bool digits = e.brings.find("MNIST") != std::string::npos;
          settings.data = digits ? "spheres" : "cifar10:" + cifar_root() + "/cifar-10";
          if (cell.graph.starts_with("smooth-celeba")) settings.values["size"] = "64";
          if (!cell.graph.starts_with("thesis")) settings.values.emplace("width", "2");
          if (digits) settings.values.erase("extractor.measures");  // of files' images only
          settings.batch = 4;
        }
        Graph graph(cell.graph, settings);
        preset->compose(graph);
        graph.check();
        if (!e.brings.empty()) continue;  // to lower them takes minutes
        ProgramCache cache;
        const LoweredReplica replica = lower(graph, 1, cache);
        const auto has = [&](const std::string& column) {
          for (const Table& table : replica.tables)
            for (const Column& c : table.columns())
              if (table.name + "." + c.name == column) return true;
          return false;
        };
        for (const TableMeasure& m : e.measures) CHECK_MESSAGE(has(m.column), m.column);
        for (const Fit& f : e.fits) {
          CHECK_MESSAGE(has(f.x), f.x);
          CHECK_MESSAGE(has(f.y), f.y);
        }
      }
      for (const Claim& claim : e.claims)
        for (const Term& term : {claim.less, claim.greater}) {
          CAPTURE(claim.text);
          if (term.cell.empty()) continue;
          CHECK(cells.contains(term.cell));
          CHECK(measures.contains(term.measure));
        }
    }
  }
}
