#include "apps/command/use_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "apps/command/between.h"
#include "apps/command/loaded_run.h"
#include "apps/command/numbers.h"
#include "apps/command/say.h"
#include "engine/device/device.h"
#include "engine/error.h"
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

// The first is named OUT, further ones OUT_NAME. `choices`: what is not as the run draws it.
std::string output_name(const UseOptions& o, const LoweredEvaluation& e, Step step,
                        const std::string& choices, bool first) {
  if (o.out.empty())
    return fmt::format("{}/{}_step_{:09}_draw_{}{}", o.run, e.name, step, o.draw, choices);
  return first ? o.out : o.out + "_" + e.name;
}

// Of the run's classes by label; empty: they have none, or several sets have some.
std::vector<std::string> class_names(const RunInfo& info) {
  std::vector<std::string> names;
  for (const auto& [set, record] : info.images)
    if (record.classes > 0 && !std::exchange(names, record.class_names).empty()) return {};
  return names;
}

std::vector<SampleDraws> named_draws(const LoweredDrawing& drawing, const DrawnRows& rows,
                                     const RunInfo& info) {
  const std::vector<std::string> names = draw_names(drawing.draws);
  std::vector<SampleDraws> all;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Draws& of = drawing.draws[i];
    all.push_back({names[i], of.row, rows[i],
                   of.is_label() ? class_names(info) : std::vector<std::string>()});
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

// Returns its number.
Extent take_class(const std::string& text, const RunInfo& info, const LoweredDrawing& drawing,
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
  return number;
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
  const bool drawn = samples.picture.drawn;
  const Pixels grid = drawn ? draw(samples) : Pixels{};
  write_samples(out + ".h5", samples, grid, draws);
  if (o.npz) write_samples_npz(out + ".npz", samples, draws);
  if (!drawn) return;
  write_png(out + ".png", grid);
  if (o.gif) write_gif(out + ".gif", single_pictures(samples));
  if (!o.images.empty())
    write_pngs(first ? o.images : o.images + "_" + samples.name, samples, draws);
}

// Samples that are made of data have no latents or classes that could be others.
void refuse_choices(const UseOptions& o, const LoweredEvaluation& e) {
  for (const auto& [flag, value] :
       {std::pair{"--latents", o.latents}, {"--class", o.chosen_class}, {"--between", o.between}})
    if (!value.empty())
      fail(Fault::usage, "{} {}: the samples '{}' of this run are made of its data", flag, value,
           e.name);
}

// n samples, how they are drawn, and what they are made of.
struct Made {
  Extent n = 0;
  Picture picture;
  std::vector<float> data;
  std::vector<SampleDraws> draws;  // of samples of data: none
  std::string choices = {};        // as names of files say them
};

Made made_of_data(const UseOptions& o, const LoadedRun& loaded, const LoweredEvaluation& e) {
  return {o.count,
          e.picture,
          generate(loaded.replica, e, loaded.state, o.count, o.draw, *loaded.device),
          {}};
}

Made made_of_draws(const UseOptions& o, const LoadedRun& loaded, const LoweredEvaluation& e,
                   const std::vector<Extent>& between) {
  const LoweredDrawing drawing =
      lower_drawing(*loaded.graph, e.name, e.rows, *loaded.cache, *loaded.device);
  Extent n = between.empty() ? o.count : *std::max_element(between.begin(), between.end()) + 1;
  if (!o.latents.empty()) n = require_among(o, between, latents_count(o.latents));
  DrawnRows rows = drawn_rows(loaded.replica, drawing, loaded.state, n, o.draw, *loaded.device);
  std::string choices;
  if (!o.latents.empty()) {
    take_latents(o.latents, drawing, rows);
    choices += "_latents";
  }
  if (!o.chosen_class.empty()) {
    const Extent number = take_class(o.chosen_class, loaded.info, drawing, rows);
    choices += fmt::format("_class_{}", number);
    if (const std::vector<std::string> names = class_names(loaded.info); !names.empty())
      choices += fmt::format("_{}", name_in_files(names.at(static_cast<std::size_t>(number))));
  }
  Picture picture = e.picture;
  if (!between.empty()) {
    choices += "_between_" + o.between;
    rows = path_rows(drawing, rows, between, o.frames);
    n = static_cast<Extent>(between.size() - 1) * o.frames;
    picture.columns = o.frames;
  }
  const bool own = o.latents.empty() && o.chosen_class.empty() && between.empty();
  return {n, picture,
          own ? generate(loaded.replica, e, loaded.state, n, o.draw, *loaded.device)
              : samples_from(loaded.replica, drawing, loaded.state, rows, n, e.row.elements(),
                             *loaded.device),
          named_draws(drawing, rows, loaded.info), choices};
}

}  // namespace

std::vector<std::string> draw_names(const std::vector<Draws>& draws) {
  std::vector<std::string> names;
  for (const Draws& of : draws) {
    const std::string kind = of.is_label() ? "labels" : "latents";
    const bool first = std::find(names.begin(), names.end(), kind) == names.end();
    names.push_back(first ? kind : kind + "_" + of.name);
  }
  return names;
}

int sample_run(const UseOptions& options, const FindGraph& find) {
  UseOptions o = options;
  for (const char* ending : {".h5", ".png", ".npz", ".gif"})
    if (o.out.ends_with(ending)) o.out.resize(o.out.size() - std::string(ending).size());
  if (const auto folder = std::filesystem::path(o.out).parent_path(); !folder.empty())
    make_directory(folder.string());
  std::vector<Extent> between;
  if (!o.between.empty()) between = parse_between(o.between);
  const LoadedRun loaded =
      load_with_needed_data(o, find, [](const LoweredEvaluation& e) { return !e.metric; });
  bool any = false;
  std::vector<std::string> lacking;
  for (const LoweredEvaluation& e : loaded.replica.evaluations) {
    if (e.metric) continue;
    if (any && (!o.latents.empty() || !o.between.empty()))
      break;  // they are those of the samples, not of paths
    const bool of_data = !e.draws.empty();
    if (of_data && any && !o.chosen_class.empty()) continue;
    if (of_data) refuse_choices(o, e);
    if (lacks_data(e)) {
      lacking.push_back(e.name);
      continue;
    }
    const Made made = of_data ? made_of_data(o, loaded, e) : made_of_draws(o, loaded, e, between);
    const std::string out = output_name(o, e, loaded.state.step, made.choices, !any);
    write_outputs(o, out, !any,
                  {.name = e.name,
                   .step = loaded.state.step,
                   .n = made.n,
                   .row = e.row,
                   .picture = made.picture,
                   .data = made.data},
                  made.draws);
    say("{} samples of replica {} at step {}: {}.h5{}{}{}\n", made.n, o.replica, loaded.state.step,
        out, made.picture.drawn ? fmt::format(", {}.png", out) : "",
        o.npz ? fmt::format(", {}.npz", out) : "",
        o.gif && made.picture.drawn ? fmt::format(", {}.gif", out) : "");
    any = true;
  }
  if (!any && !lacking.empty()) fail(Fault::usage, "{}", say_where(o.run, lacking));
  if (!any) fail(Fault::usage, "{}: its graph draws no samples", o.run);
  if (!lacking.empty()) say(stderr, "{}\n", shown(say_where(o.run, lacking)));
  return 0;
}

int evaluate_run(const UseOptions& o, const FindGraph& find) {
  const LoadedRun loaded = load_with_needed_data(
      o, find, [](const LoweredEvaluation& e) { return e.metric != nullptr; });
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
