#include "apps/command/use_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>

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
#include "io/images/png.h"
#include "io/run/resume.h"
#include "io/run/samples_file.h"

namespace ganflow::cli {
namespace {

struct Loaded {
  RunInfo info;
  std::unique_ptr<Graph> graph;
  std::unique_ptr<ProgramCache> cache = std::make_unique<ProgramCache>();
  std::shared_ptr<const Device> device;
  LoweredReplica replica;
  Restored state;
};

// A whole number among the options a run records.
std::int64_t recorded_number(const UseOptions& o, const RunInfo& info, const std::string& name) {
  const auto found = info.options.find(name);
  const std::string text = found == info.options.end() ? "" : found->second;
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  if (read.ec != std::errc() || read.ptr != end)
    fail(Fault::input, "{}: its index records {} as '{}', which is no whole number: it is damaged",
         o.run, name, text);
  return value;
}

// The first is named OUT, further ones OUT_NAME.
std::string output_name(const UseOptions& o, const LoweredEvaluation& e, Step step, bool first) {
  if (o.out.empty()) return fmt::format("{}/{}_step_{:09}_draw_{}", o.run, e.name, step, o.draw);
  return first ? o.out : o.out + "_" + e.name;
}

// Composes the run's graph again, exactly as it was trained, and reads the checkpoint.
Loaded load(const UseOptions& o, const FindGraph& find) {
  const RunIndex index = read_run_index(o.run);
  const auto count = static_cast<int>(index.info.replicas.size());
  if (o.replica >= count)
    fail(Fault::usage, "--replica {}: the run has replicas 0 to {}", o.replica, count - 1);
  const ReplicaInfo& info = index.info.replicas[static_cast<std::size_t>(o.replica)];
  const auto& options = index.info.options;
  GraphSettings settings{.batch = recorded_number(o, index.info, "batch"),
                         .steps = recorded_number(o, index.info, "steps"),
                         .values = info.settings};
  if (const auto fuse = options.find("fuse"); fuse != options.end())
    settings.fuse = fuse->second == "auto";
  if (o.data.empty()) settings.images = index.info.images;
  if (const auto data = options.find("data"); data != options.end()) settings.data = data->second;
  if (!o.data.empty()) settings.data = o.data;
  auto graph = std::make_unique<Graph>(index.info.graph, settings);
  find(index.info.graph)(*graph);
  std::vector<std::string> messages;
  Checkpoint checkpoint = load_checkpoint(o.run, o.replica, o.step, &messages);
  for (const std::string& message : messages) say(stderr, "{}\n", shown(message));
  // Not a GPU: what a draw gives does not depend on the machine, and the CPU has every kernel.
  const std::shared_ptr<const Device> device = open_device("cpu");
  Loaded loaded{.info = index.info,
                .graph = std::move(graph),
                .device = device,
                .replica = {},
                .state = std::move(checkpoint.state)};
  loaded.replica = lower(*loaded.graph, info.seed, *loaded.cache, *device);
  const bool same = info.formulas_hash ? loaded.replica.formulas == info.formulas_hash
                                       : loaded.replica.hash == info.program_hash;
  if (!same || checkpoint.program_hash != info.program_hash)
    fail(Fault::usage,
         "{}: replica {} was trained with other data or another version of the program; its "
         "checkpoint cannot be used with this one",
         o.run, o.replica);
  return loaded;
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

void write_outputs(const UseOptions& o, const std::string& out, bool first, const Samples& samples,
                   const std::vector<SampleDraws>& draws) {
  const Pixels grid = draw(samples);
  write_samples(out + ".h5", samples, grid, draws);
  write_png(out + ".png", grid);
  if (o.npz) write_samples_npz(out + ".npz", samples, draws);
  if (!o.images.empty()) write_pngs(first ? o.images : o.images + "_" + samples.name, samples);
}

}  // namespace

int sample_run(const UseOptions& options, const FindGraph& find) {
  UseOptions o = options;
  for (const char* ending : {".h5", ".png", ".npz"})
    if (o.out.ends_with(ending)) o.out.resize(o.out.size() - std::string(ending).size());
  if (const auto folder = std::filesystem::path(o.out).parent_path(); !folder.empty())
    make_directory(folder.string());
  const Loaded loaded = load(o, find);
  bool any = false;
  for (const LoweredEvaluation& e : loaded.replica.evaluations) {
    if (e.metric) continue;
    if (any && !o.latents.empty()) break;  // they are those of the samples, not of paths
    const std::string out = output_name(o, e, loaded.state.step, !any);
    const LoweredDrawing drawing =
        lower_drawing(*loaded.graph, e.name, e.rows, *loaded.cache, *loaded.device);
    Extent n = o.count;
    DrawnRows rows;
    if (!o.latents.empty()) n = latents_count(o.latents);
    rows = drawn_rows(loaded.replica, drawing, loaded.state, n, o.draw, *loaded.device);
    if (!o.latents.empty()) take_latents(o.latents, drawing, rows);
    if (!o.chosen_class.empty()) take_class(o.chosen_class, loaded.info, drawing, rows);
    const bool own = o.latents.empty() && o.chosen_class.empty();
    const std::vector<float> data =
        own ? generate(loaded.replica, e, loaded.state, n, o.draw, *loaded.device)
            : samples_from(loaded.replica, drawing, loaded.state, rows, n, e.row.elements(),
                           *loaded.device);
    const Samples samples{.name = e.name,
                          .step = loaded.state.step,
                          .n = n,
                          .row = e.row,
                          .picture = e.picture,
                          .data = data};
    write_outputs(o, out, !any, samples, named_draws(drawing, rows));
    say("{} samples of replica {} at step {}: {}.h5, {}.png{}\n", n, o.replica, loaded.state.step,
        out, out, o.npz ? fmt::format(", {}.npz", out) : "");
    any = true;
  }
  if (!any) fail(Fault::usage, "{}: its graph draws no samples", o.run);
  return 0;
}

int evaluate_run(const UseOptions& o, const FindGraph& find) {
  const Loaded loaded = load(o, find);
  bool any = false;
  for (const LoweredEvaluation& e : loaded.replica.evaluations) {
    if (!e.metric) continue;
    any = true;
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
