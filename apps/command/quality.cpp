#include "apps/command/quality.h"

#include <algorithm>
#include <charconv>
#include <numeric>

#include "apps/command/between.h"
#include "apps/command/loaded_run.h"
#include "apps/command/say.h"
#include "engine/error.h"
#include "engine/graph/drawing.h"
#include "engine/run/drawing_calls.h"
#include "engine/run/evaluation.h"
#include "engine/suggest.h"
#include "graphs/quality/feature_measures.h"
#include "graphs/quality/path_confidence.h"
#include "graphs/quality/real_features.h"
#include "io/run/resume.h"
#include "io/run/rows_file.h"
#include "ops/metrics/path_change.h"

namespace ganflow::cli {
namespace {

constexpr std::uint64_t kSeed = 0;  // of the estimators' own draws

const std::string kPathChange = "path_change", kPathConfidence = "path_confidence";

// What was asked for.
struct Asked {
  std::vector<std::string> features, paths;
  bool by_extractor() const {
    return !features.empty() || std::ranges::count(paths, kPathConfidence) > 0;
  }
};

Asked asked(const QualityOptions& o) {
  Asked asked;
  const std::vector<std::string> known = measure_names();
  for (const std::string& name : o.measures) {
    if (std::ranges::count(known, name) == 0)
      fail(Fault::usage, "--metric {}: no such measure{}", name, suggestion(name, known));
    (name == kPathChange || name == kPathConfidence ? asked.paths : asked.features).push_back(name);
  }
  if (o.measures.empty())
    for (const std::string& name : feature_measures())
      if (name != "subset_fid" && name != "class_accuracy") asked.features.push_back(name);
  return asked;
}

std::shared_ptr<const Extractor> needed_extractor(const QualityOptions& o) {
  if (o.extractor.empty())
    fail(Fault::usage,
         "say which extractor sees the features, --extractor FILE: export RUN "
         "--extractor FILE writes one of a run of graph 'classifier'");
  return open_extractor(o.extractor);
}

// If nothing was asked for: what is of classes only where there are some, accuracy where the
// samples have labels.
FeatureQuality asked_quality(const QualityOptions& o, const Asked& measures,
                             const std::shared_ptr<const Extractor>& extractor,
                             const Picture& picture, Extent samples,
                             std::span<const float> labels) {
  FeatureQuality quality{.extractor = extractor,
                         .real = nullptr,
                         .picture = picture,
                         .measures = measures.features,
                         .samples = samples,
                         .labelled = !labels.empty(),
                         .regularise = o.regularise};
  if (o.measures.empty() && !extractor->has_classes())
    std::erase_if(quality.measures,
                  [](const std::string& name) { return feature_measure(name).of_classes; });
  quality.check();
  return quality;
}

void print(const std::string& prefix, const std::vector<MetricColumn>& columns,
           const std::vector<double>& values) {
  std::size_t width = 18;
  for (const MetricColumn& column : columns)
    width = std::max(width, prefix.size() + column.name.size());
  for (std::size_t c = 0; c < columns.size(); ++c)
    say("  {:<{}} {:<12.6g} {}\n", prefix + columns[c].name, width, values[c],
        shown(columns[c].description));
}

// `of` says of what.
void print_measures(const std::string& of, const FeatureQuality& quality,
                    std::span<const float> images, std::span<const float> labels) {
  const std::vector<double> values = quality.measure(images, labels, kSeed);
  say("quality of {}\n", of);
  say("{}, estimators' seed {}\n", shown(quality.provenance()), kSeed);
  print("", quality.columns(), values);
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

Extent recorded_number(const std::string& run, const RunInfo& info, const ReplicaInfo& replica,
                       const std::string& option, const std::string& absent = "") {
  const auto set = replica.settings.find(option);
  const auto recorded = info.options.find(option);
  const std::string text = set != replica.settings.end()    ? set->second
                           : recorded != info.options.end() ? recorded->second
                                                            : absent;
  Extent value = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), value).ec != std::errc())
    fail(Fault::input, "{}: its index records {} as '{}', which is no whole number", run, option,
         text);
  return value;
}

std::string origin(const UseOptions& use, const LoadedRun& run) {
  return fmt::format("replica {} at step {}: seed {}, draw {}", use.replica, run.state.step,
                     run.replica.seed, use.draw);
}

void measure_samples(const UseOptions& use, const QualityOptions& o, const LoadedRun& run,
                     const LoweredEvaluation& e, std::span<const float> labels,
                     const Asked& measures, const std::shared_ptr<const Extractor>& extractor) {
  FeatureQuality quality = asked_quality(o, measures, extractor, e.picture, o.count, labels);
  if (quality.compares()) {
    std::string against = o.against.empty() ? use.data : o.against;
    if (const auto data = run.info.options.find("data");
        against.empty() && data != run.info.options.end())
      against = data->second;
    const Part part = o.against.empty() ? Part::held_out : Part::whole;
    quality.real = real_features(against, part, extractor, run.info.options);
  }
  print_measures(origin(use, run), quality,
                 generate(run.replica, e, run.state, o.count, use.draw, *run.device), labels);
}

// Of paths that go on from each latent to the next one.
void measure_paths(const UseOptions& use, const QualityOptions& o, const LoadedRun& run,
                   const LoweredEvaluation& e, const LoweredDrawing& drawing, const Asked& measures,
                   const std::shared_ptr<const Extractor>& extractor) {
  std::vector<Extent> ends(static_cast<std::size_t>(o.paths + 1));
  std::iota(ends.begin(), ends.end(), Extent{0});
  const DrawnRows latents =
      drawn_rows(run.replica, drawing, run.state, o.paths + 1, use.draw, *run.device);
  const Extent n = o.paths * o.frames;
  const std::vector<float> samples =
      samples_from(run.replica, drawing, run.state, path_rows(drawing, latents, ends, o.frames), n,
                   e.row.elements(), *run.device);
  const Measurement measurement{.samples = samples,
                                .n = n,
                                .row = e.row,
                                .step = run.state.step,
                                .seed = kSeed,
                                .scalars = {}};
  say("quality of {}\n{} paths of {} frames, each begins where the last one ends\n",
      origin(use, run), o.paths, o.frames);
  for (const std::string& name : measures.paths) {
    const auto metric =
        name == kPathChange
            ? PathChange{.frames = o.frames, .paths = o.paths, .picture = e.picture}.open()
            : PathConfidence{.extractor = extractor,
                             .picture = e.picture,
                             .frames = o.frames,
                             .paths = o.paths}
                  .open();
    print(name + ".", metric->columns(), metric->measure(measurement));
  }
}

}  // namespace

std::vector<std::string> measure_names() {
  std::vector<std::string> names = feature_measures();
  names.insert(names.end(), {kPathChange, kPathConfidence});
  return names;
}

int measure_run(const UseOptions& use, const QualityOptions& o, const FindGraph& find) {
  Asked measures = asked(o);
  const auto extractor = measures.by_extractor() ? needed_extractor(o) : nullptr;
  const auto pictures = [](const LoweredEvaluation& e) { return !e.metric && e.picture.drawn; };
  const LoadedRun run = load_with_needed_data(use, find, pictures);
  const auto& all = run.replica.evaluations;
  const auto e = std::find_if(all.begin(), all.end(), pictures);
  if (e == all.end()) fail(Fault::usage, "{}: its graph draws no samples", use.run);
  if (lacks_data(*e)) fail(Fault::usage, "{}", say_where(use.run, {e->name}));
  if (extractor) extractor->require_images(e->picture);
  // What is made of data is drawn from no latents and no labels.
  std::optional<LoweredDrawing> drawing;
  std::vector<float> labels;
  if (e->draws.empty()) {
    drawing = lower_drawing(*run.graph, e->name, e->rows, *run.cache, *run.device);
    labels = labels_of(
        *drawing, drawn_rows(run.replica, *drawing, run.state, o.count, use.draw, *run.device));
  } else if (!measures.paths.empty()) {
    fail(Fault::usage, "{}: --metric {}: the samples '{}' are made of its data, not of latents",
         use.run, measures.paths.front(), e->name);
  }
  if (o.measures.empty() && !labels.empty()) measures.features.push_back("class_accuracy");
  if (!measures.features.empty()) measure_samples(use, o, run, *e, labels, measures, extractor);
  if (!measures.paths.empty()) measure_paths(use, o, run, *e, *drawing, measures, extractor);
  return 0;
}

int measure_images(const QualityOptions& o) {
  const Asked measures = asked(o);
  if (!measures.paths.empty())
    fail(Fault::usage,
         "--metric {}: it is of samples along paths between latents, which a run has and images "
         "have not",
         measures.paths.front());
  const auto extractor = needed_extractor(o);
  if (o.against.empty())
    fail(Fault::usage,
         "--images {}: say which real images they are measured against, --against "
         "DATA",
         o.images);
  const std::string data = o.images.find(':') == o.images.npos ? "images:" + o.images : o.images;
  const StoredImages images = stored_images(data, Part::whole, *extractor);
  extractor->require_images(images.picture);
  const std::vector<float> labels = images.labels();
  FeatureQuality quality = asked_quality(o, measures, extractor, images.picture, images.n, labels);
  if (quality.compares()) quality.real = real_features(o.against, Part::whole, extractor);
  print_measures(fmt::format("{}: {} images", shown(o.images), images.n), quality, images.all(),
                 labels);
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
      {.width = recorded_number(run, index.info, info, "width"),
       .blocks =
           recorded_number(run, index.info, info, "blocks", "0")},  // the first version's have none
      checkpoint.state.variables, checkpoint.shapes);
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
