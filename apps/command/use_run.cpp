#include "apps/command/use_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "apps/command/between.h"
#include "apps/command/loaded_run.h"
#include "apps/command/numbers.h"
#include "apps/command/say.h"
#include "engine/device/device.h"
#include "engine/error.h"
#include "engine/graph/drawing.h"
#include "engine/graph/lower.h"
#include "engine/run/drawing_calls.h"
#include "engine/run/evaluation.h"
#include "engine/suggest.h"
#include "io/disk/durable.h"
#include "io/images/gif_writer.h"
#include "io/images/png.h"
#include "io/run/resume.h"
#include "io/run/samples_file.h"

namespace ganflow::cli {
namespace {

// The first is named OUT, further ones OUT_NAME.
std::string output_name(const UseOptions& o, const LoweredEvaluation& e, Step step, bool first) {
  if (o.out.empty()) {
    std::string name = fmt::format("{}/{}_step_{:09}_draw_{}", o.run, e.name, step, o.draw);
    if (!o.between.empty()) name += "_between_" + o.between;
    return name;
  }
  return first ? o.out : o.out + "_" + e.name;
}

// The first latents are "latents", labels "labels"; further ones have the node's name behind.
std::vector<SampleDraws> named_draws(const LoweredDrawing& drawing, const DrawnRows& rows) {
  std::vector<SampleDraws> all;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Draws& draws = drawing.draws[i];
    const std::string kind = draws.is_label() ? "labels" : "latents";
    const bool first =
        std::none_of(all.begin(), all.end(), [&](auto& other) { return other.name == kind; });
    all.push_back({first ? kind : kind + "_" + draws.name, draws.row, rows[i]});
  }
  return all;
}

// Replaces the latents by those of a file that `sample` wrote.
void take_latents(const std::string& path, const LoweredDrawing& drawing, DrawnRows& rows) {
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (!drawing.draws[i].is_label()) {
      rows[i] = read_latents(path, drawing.draws[i].row);
      return;
    }
  fail(Fault::usage, "--latents {}: the samples of this run are made of no latents", path);
}

void take_class(const std::string& text, const RunInfo& info, const LoweredDrawing& drawing,
                DrawnRows& rows) {
  Extent classes = 0;
  std::vector<std::pair<std::string, Extent>> known;
  for (const auto& [set, record] : info.images) {
    classes = std::max(classes, record.classes);
    for (const std::string& name : record.class_names)
      known.emplace_back(name, static_cast<Extent>(known.size()));
  }
  bool any = false;
  for (std::size_t i = 0; i < rows.size(); ++i) any = any || drawing.draws[i].is_label();
  if (!any || classes == 0)
    fail(Fault::usage, "--class {}: the samples of this run have no classes", text);
  const auto named =
      std::find_if(known.begin(), known.end(), [&](auto& k) { return k.first == text; });
  Extent number = 0;
  if (named != known.end()) {
    number = named->second;
  } else if (!known.empty() && text.find_first_not_of("0123456789") != text.npos) {
    number = choose("--class " + text, "class", text, known);
  } else {
    try {
      number = static_cast<Extent>(parse_whole(text, 0, static_cast<std::uint64_t>(classes - 1)));
    } catch (const Error& error) {
      fail(Fault::usage, "--class: {}", error.what());
    }
  }
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (drawing.draws[i].is_label())
      std::fill(rows[i].begin(), rows[i].end(), static_cast<float>(number));
}

// Of a file of n latents only these can be ends of paths. Returns n.
Extent require_among(const UseOptions& o, const std::vector<Extent>& between, Extent n) {
  for (const Extent sample : between)
    if (sample >= n)
      fail(Fault::usage, "--between {}: --latents {} has samples 0 to {}", o.between, o.latents,
           n - 1);
  return n;
}

void write_outputs(const UseOptions& o, const std::string& out, bool first, const Samples& samples,
                   const std::vector<SampleDraws>& draws) {
  const Pixels grid = draw(samples);
  write_samples(out + ".h5", samples, grid, draws);
  write_png(out + ".png", grid);
  if (o.gif) write_gif(out + ".gif", single_pictures(samples));
  if (o.npz) write_samples_npz(out + ".npz", samples, draws);
  if (!o.images.empty()) write_pngs(first ? o.images : o.images + "_" + samples.name, samples);
}

}  // namespace

int sample_run(const UseOptions& options, const FindGraph& find) {
  UseOptions o = options;
  for (const char* ending : {".h5", ".png", ".npz", ".gif"})
    if (o.out.ends_with(ending)) o.out.resize(o.out.size() - std::string(ending).size());
  if (const auto folder = std::filesystem::path(o.out).parent_path(); !folder.empty())
    make_directory(folder.string());
  std::vector<Extent> between;
  if (!o.between.empty()) between = parse_between(o.between);
  const LoadedRun loaded = load_for_use(o, find);
  bool any = false;
  for (const LoweredEvaluation& e : loaded.replica.evaluations) {
    if (e.metric) continue;
    if (any && (!o.latents.empty() || !o.between.empty()))
      break;  // they are those of the samples, not of paths
    const std::string out = output_name(o, e, loaded.state.step, !any);
    const LoweredDrawing drawing =
        lower_drawing(*loaded.graph, e.name, e.rows, *loaded.cache, *loaded.device);
    Extent n = between.empty() ? o.count : *std::max_element(between.begin(), between.end()) + 1;
    if (!o.latents.empty()) n = require_among(o, between, latents_count(o.latents));
    DrawnRows rows;
    rows = drawn_rows(loaded.replica, drawing, loaded.state, n, o.draw, *loaded.device);
    if (!o.latents.empty()) take_latents(o.latents, drawing, rows);
    if (!o.chosen_class.empty()) take_class(o.chosen_class, loaded.info, drawing, rows);
    Picture picture = e.picture;
    if (!between.empty()) {
      rows = path_rows(drawing, rows, between, o.frames);
      n = static_cast<Extent>(between.size() - 1) * o.frames;
      picture.columns = o.frames;
    }
    const bool own = o.latents.empty() && o.chosen_class.empty() && between.empty();
    const std::vector<float> data =
        own ? generate(loaded.replica, e, loaded.state, n, o.draw, *loaded.device)
            : samples_from(loaded.replica, drawing, loaded.state, rows, n, e.row.elements(),
                           *loaded.device);
    const Samples samples{.name = e.name,
                          .step = loaded.state.step,
                          .n = n,
                          .row = e.row,
                          .picture = picture,
                          .data = data};
    write_outputs(o, out, !any, samples, named_draws(drawing, rows));
    say("{} samples of replica {} at step {}: {}.h5, {}.png{}\n", n, o.replica, loaded.state.step,
        out, out,
        (o.npz ? fmt::format(", {}.npz", out) : "") + (o.gif ? fmt::format(", {}.gif", out) : ""));
    any = true;
  }
  if (!any) fail(Fault::usage, "{}: its graph draws no samples", o.run);
  return 0;
}

int evaluate_run(const UseOptions& o, const FindGraph& find) {
  LoadedRun loaded = load_for_use(o, find);
  const auto lacks_data = [](const LoweredEvaluation& e) {
    const auto reads_nothing = [](const auto& draws) { return !draws.source->has_items(); };
    return e.metric && (!e.metric->has_data() || std::ranges::any_of(e.draws, reads_nothing));
  };
  if (std::ranges::any_of(loaded.replica.evaluations, lacks_data)) {
    try {
      loaded = load_for_use(o, find, true);
    } catch (const Error& error) {  // they moved: the other metrics need none
      say(stderr, "{}\n", shown(error.what()));
    }
  }
  bool any = false;
  for (const LoweredEvaluation& e : loaded.replica.evaluations) {
    if (!e.metric) continue;
    any = true;
    if (lacks_data(e)) {
      say("{} compares with the run's data; say where they are, --data SET:PATH\n", e.name);
      continue;
    }
    const std::vector<double> values =
        measure_samples(loaded.replica, e, loaded.state, *loaded.device);
    const std::vector<MetricColumn> columns = e.metric->columns();
    say("{} of replica {} at step {}\n", e.name, o.replica, loaded.state.step);
    for (std::size_t c = 0; c < columns.size(); ++c)
      say("  {:<18} {:<12.6g} {}\n", columns[c].name, values[c], columns[c].description);
  }
  if (!any) fail(Fault::usage, "{}: its graph measures nothing; add evaluate(...) to it", o.run);
  return 0;
}

}  // namespace ganflow::cli
