#include "graphs/quality/report_features.h"

#include <array>

#include "engine/error.h"
#include "engine/program/concat.h"
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

// Images with the numbers of their classes behind: (N,...), (N,K) -> (N, P + 1).
struct Labelled {
  Value operator()(Formula&, Value x, Value classes) const {
    const Value flat = reshape(x, {x.rows(), x.shape().row_elements()});
    const Value number = reshape(argmax(classes, 1), {x.rows(), 1});
    return concat(std::array{flat, number}, 1);
  }
};

}  // namespace

void report_features(Graph& g, const DataSet& data, Port samples, Port classes, Every every) {
  if (!data.stored) return;
  const std::string file = g.option(Option<std::string>{
      "extractor", "", "file of export --extractor: samples are measured by what it sees"});
  const std::string measures = g.option(
      Option<std::string>{"extractor.measures", "fid+kid+is+precision+recall+density+coverage",
                          "joined by +; further ones: confidence, class_accuracy"});
  const int count = g.option(
      Option<int>{"extractor.samples", 10000, at_least(10), "samples that it sees each time"});
  const Part part = g.option(Choice<Part>{"extractor.against",
                                          "test",
                                          {{"test", Part::held_out}, {"train", Part::whole}},
                                          "real images that samples are measured against"});
  if (file.empty()) return;
  FeatureQuality quality{.extractor = open_extractor(file),
                         .real = nullptr,
                         .picture = data.picture,
                         .measures = split(measures),
                         .samples = count,
                         .labelled = classes.node() >= 0};
  quality.check();
  std::map<std::string, std::string> values;
  for (const auto& [name, value] : g.option_values()) values.emplace(name, value);
  // A run that is used again without its data measures nothing.
  if (!g.kept_images(data.port.name()))
    quality.real = real_features(data.name, part, quality.extractor, values);
  if (quality.labelled) samples = g.add("labelled_samples", Labelled{}, samples, classes);
  g.evaluate("features", quality, samples, every);
}

}  // namespace ganflow
