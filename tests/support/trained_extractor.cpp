#include "support/trained_extractor.h"

#include "support/named_graph.h"

namespace ganflow::test {

std::unique_ptr<const TrainedExtractor> train_extractor(
    const ClassifierNetwork& network, const std::map<std::string, std::string>& options) {
  auto trained = std::make_unique<TrainedExtractor>();
  GraphSettings settings{.batch = 40, .steps = 60, .evaluate_every = 60, .data = trained->data()};
  settings.values.insert(options.begin(), options.end());
  settings.values["width"] = std::to_string(network.width);
  settings.values["blocks"] = std::to_string(network.blocks);
  const ShortRun run = short_run("classifier", settings, 60);
  std::map<std::string, std::vector<float>> values;
  std::map<std::string, Shape> shapes;
  for (const VariableInfo& v : run.replicas[0].variables) {
    values[v.name] = run.variable(v.name);
    shapes[v.name] = v.shape;
  }
  trained->file =
      classifier_extractor({.height = 28, .width = 28, .channels = 1}, 10, network, values, shapes);
  trained->file.provenance = {{"data", "columns"}};
  trained->accuracy = run.sink.column<double>(0, 1, 1).back();
  return trained;
}

const TrainedExtractor& trained_extractor() {
  static const auto trained = train_extractor({.width = 4}, {{"lr", "0.01"}, {"shift", "0"}});
  return *trained;
}

}  // namespace ganflow::test
