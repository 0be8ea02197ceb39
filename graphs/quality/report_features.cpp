#include "graphs/quality/report_features.h"

#include <algorithm>

#include "engine/error.h"
#include "graphs/quality/feature_measures.h"
#include "graphs/quality/path_confidence.h"
#include "graphs/quality/real_features.h"
#include "ops/primitives/layout.h"
#include "ops/primitives/maximum.h"

namespace ganflow {
namespace {

// Names joined by +, since a comma makes several runs.
std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> names(1);
  for (const char c : text)
    if (c == '+')
      names.emplace_back();
    else
      names.back() += c;
  return names;
}

// (N,K) one-hot -> (N,1), the number of the class.
struct ClassNumber {
  Value operator()(Formula&, Value classes) const {
    return reshape(argmax(classes, 1), {classes.rows(), 1});
  }
};

const std::string kPathConfidence = "path_confidence";

// The options, the same wherever they are asked for.
struct Asked {
  std::string extractor;  // empty: nothing is measured
  std::vector<std::string> measures;
  int samples = 0;
  Part part = Part::held_out;
  double regularise = 0;
};

Asked asked(Graph& g) {
  Asked asked;
  asked.extractor = g.option(Option<std::string>{
      "extractor", "", "file of export --extractor: samples are measured by what it sees"});
  asked.measures = split(g.option(Option<std::string>{
      "extractor.measures", "fid+kid+is+precision+recall+density+coverage",
      "joined by +; further ones: subset_fid, confidence, class_accuracy, path_confidence"}));
  for (const std::string& name : asked.measures)
    if (name != kPathConfidence) feature_measure(name);  // refuses what is none
  asked.samples = g.option(
      Option<int>{"extractor.samples", 10000, at_least(10), "samples that it sees each time"});
  asked.part = g.option(Choice<Part>{"extractor.against",
                                     "test",
                                     {{"test", Part::held_out}, {"train", Part::whole}},
                                     "real images that samples are measured against"});
  asked.regularise = g.option(
      Option<double>{"extractor.regularise", 0, at_least(0),
                     "added to the diagonals of fid's covariances, if samples are fewer than "
                     "features"});
  return asked;
}

}  // namespace

void report_features(Graph& g, const DataSet& data, Port samples, Port classes, Every every) {
  if (!data.stored) return;
  Asked o = asked(g);
  if (o.extractor.empty()) return;
  std::erase(o.measures, kPathConfidence);  // of other samples, below
  if (o.measures.empty()) return;
  FeatureQuality quality{.extractor = open_extractor(o.extractor),
                         .real = nullptr,
                         .picture = data.picture,
                         .measures = o.measures,
                         .samples = o.samples,
                         .labelled = classes.node() >= 0,
                         .regularise = o.regularise};
  quality.check();
  std::map<std::string, std::string> values;
  for (const auto& [name, value] : g.option_values()) values.emplace(name, value);
  // A run that is used again without its data measures nothing.
  if (quality.compares() && !g.kept_images(data.port.name()))
    quality.real = real_features(data.name, o.part, quality.extractor, values);
  std::vector<Port> ports{samples};
  if (quality.labelled) ports.push_back(g.add("sample_class", ClassNumber{}, classes));
  g.evaluate("features", quality, ports, every);
}

void report_path_features(Graph& g, const DataSet& data, Port paths, Extent frames, Every every) {
  if (!data.stored) return;
  const Asked o = asked(g);
  if (o.extractor.empty() || std::ranges::count(o.measures, kPathConfidence) == 0) return;
  if (frames == 0)
    fail(
        Fault::usage,
        "path_confidence is of samples along paths between latents: say how many, --set frames=10");
  g.evaluate(
      kPathConfidence,
      PathConfidence{
          .extractor = open_extractor(o.extractor), .picture = data.picture, .frames = frames},
      paths, every);
}

}  // namespace ganflow
