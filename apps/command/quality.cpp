#include "apps/command/quality.h"

#include <algorithm>
#include <charconv>

#include "apps/command/loaded_run.h"
#include "apps/command/say.h"
#include "engine/error.h"
#include "engine/graph/drawing.h"
#include "engine/run/drawing_calls.h"
#include "engine/run/evaluation.h"
#include "graphs/quality/real_features.h"
#include "io/run/resume.h"
#include "io/run/rows_file.h"

namespace ganflow::cli {
namespace {

constexpr std::uint64_t kSeed = 0;  // of the estimators' own draws

// All that need no labels, or what was asked for.
std::vector<std::string> chosen_measures(const QualityOptions& o, bool labelled) {
  if (!o.measures.empty()) return o.measures;
  std::vector<std::string> all = feature_measures();
  if (!labelled) std::erase(all, "class_accuracy");
  return all;
}

std::shared_ptr<const Extractor> needed_extractor(const QualityOptions& o) {
  if (o.extractor.empty())
    fail(Fault::usage,
         "say which extractor sees the features, --extractor FILE: export RUN "
         "--extractor FILE writes one of a run of graph 'classifier'");
  return open_extractor(o.extractor);
}

void print_measures(const FeatureQuality& quality, std::span<const float> images,
                    std::span<const float> labels) {
  const std::vector<MetricColumn> columns = quality.columns();
  const std::vector<double> values = quality.measure(images, labels, kSeed);
  for (std::size_t c = 0; c < columns.size(); ++c)
    say("  {:<18} {:<12.6g} {}\n", columns[c].name, values[c], shown(columns[c].description));
}

// Labels of drawn samples; empty: they have none.
std::vector<float> labels_of(const LoweredDrawing& drawing, const DrawnRows& rows) {
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (drawing.draws[i].is_label()) return rows[i];
  return {};
}

// The last value of a column of the tables of a replica, up to a step; empty: there is none.
std::string last_value(const std::string& run, const ReplicaInfo& replica, Step step,
                       const std::string& table, const std::string& column) {
  std::string value;
  const std::vector<Table> tables = tables_of(replica, false);
  const std::string folder = run + "/" + replica_directory(replica.index) + "/rows";
  for (const Step at : steps_in(folder)) {
    if (at > step) break;
    read_rows_file(folder + "/" + step_name(at) + ".h5", tables,
                   [&](std::size_t t, std::span<const std::byte> rows) {
                     const auto c = tables[t].find(column);
                     if (tables[t].name != table || rows.empty() || !c) return;
                     value = fmt::format("{:.6g}", tables[t].last_row(rows).number(*c));
                   });
  }
  return value;
}

Extent recorded_width(const std::string& run, const RunInfo& info, const ReplicaInfo& replica) {
  const auto set = replica.settings.find("width");
  const auto recorded = info.options.find("width");
  const std::string text = set != replica.settings.end()    ? set->second
                           : recorded != info.options.end() ? recorded->second
                                                            : "";
  Extent width = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), width).ec != std::errc())
    fail(Fault::input, "{}: its index records width as '{}', which is no whole number", run, text);
  return width;
}

}  // namespace

int measure_run(const UseOptions& use, const QualityOptions& o, const FindGraph& find) {
  const auto extractor = needed_extractor(o);
  const LoadedRun run = load_for_use(use, find);
  const auto& all = run.replica.evaluations;
  const auto e = std::find_if(all.begin(), all.end(), [](auto& x) { return !x.metric; });
  if (e == all.end()) fail(Fault::usage, "{}: its graph draws no samples", use.run);
  extractor->require_images(e->picture);
  std::string against = o.against.empty() ? use.data : o.against;
  if (const auto data = run.info.options.find("data");
      against.empty() && data != run.info.options.end())
    against = data->second;
  const Part part = o.against.empty() ? Part::held_out : Part::whole;
  const LoweredDrawing drawing =
      lower_drawing(*run.graph, e->name, e->rows, *run.cache, *run.device);
  const std::vector<float> labels = labels_of(
      drawing, drawn_rows(run.replica, drawing, run.state, o.count, use.draw, *run.device));
  FeatureQuality quality{.extractor = extractor,
                         .real = real_features(against, part, extractor, run.info.options),
                         .picture = e->picture,
                         .measures = chosen_measures(o, !labels.empty()),
                         .samples = o.count,
                         .labelled = !labels.empty()};
  quality.check();
  const std::vector<float> images =
      generate(run.replica, *e, run.state, o.count, use.draw, *run.device);
  say("quality of replica {} at step {}: seed {}, draw {}\n", use.replica, run.state.step,
      run.replica.seed, use.draw);
  print_measures(quality, images, labels);
  return 0;
}

int measure_images(const QualityOptions& o) {
  const auto extractor = needed_extractor(o);
  if (o.against.empty())
    fail(Fault::usage,
         "--images {}: say which real images they are measured against, --against "
         "DATA",
         o.images);
  const std::string data = o.images.find(':') == o.images.npos ? "images:" + o.images : o.images;
  const StoredImages images = stored_images(data, Part::whole, *extractor);
  extractor->require_images(images.picture);
  FeatureQuality quality{.extractor = extractor,
                         .real = real_features(o.against, Part::whole, extractor),
                         .picture = images.picture,
                         .measures = chosen_measures(o, false),
                         .samples = images.n};
  quality.check();
  say("quality of {}: {} images\n", shown(o.images), images.n);
  print_measures(quality, images.all(), {});
  return 0;
}

int export_extractor(const std::string& run, int replica, std::optional<Step> step,
                     const std::string& path) {
  const RunIndex index = read_run_index(run);
  if (index.info.graph != "classifier")
    fail(Fault::usage,
         "{}: an extractor is made of a run of graph 'classifier', this is one of "
         "'{}'",
         run, index.info.graph);
  const auto count = static_cast<int>(index.info.replicas.size());
  if (replica >= count)
    fail(Fault::usage, "--replica {}: the run has replicas 0 to {}", replica, count - 1);
  const ReplicaInfo& info = index.info.replicas[static_cast<std::size_t>(replica)];
  if (index.info.images.empty())
    fail(Fault::input, "{}: its index does not say what its images were", run);
  const ImageRecord& images = index.info.images.begin()->second;
  std::vector<std::string> messages;
  const Checkpoint checkpoint = load_checkpoint(run, replica, step, &messages);
  for (const std::string& message : messages) say(stderr, "{}\n", shown(message));
  ExtractorFile file = classifier_extractor(
      {.height = images.height, .width = images.width, .channels = images.channels}, images.classes,
      recorded_width(run, index.info, info), checkpoint.state.variables, checkpoint.shapes);
  for (const auto& [name, value] : index.info.options) file.provenance["option." + name] = value;
  for (const auto& [name, value] : info.settings) file.provenance["option." + name] = value;
  file.provenance["seed"] = std::to_string(info.seed);
  file.provenance["step"] = std::to_string(checkpoint.state.step);
  file.provenance["run"] = index.run_id;
  file.provenance["version"] = index.version;
  file.provenance["accuracy"] = last_value(run, info, checkpoint.state.step, "test", "accuracy");
  const Extractor made(path, file);  // refuses what is not a classifier's
  write_extractor(path, file);
  say("{}: {} x {} pixels, {} classes, accuracy {} on the images held out\n", shown(path),
      images.height, images.width, images.classes, file.provenance["accuracy"]);
  return 0;
}

}  // namespace ganflow::cli
