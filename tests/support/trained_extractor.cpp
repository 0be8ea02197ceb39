#include "support/trained_extractor.h"

#include <memory>

#include "support/named_graph.h"

namespace ganflow::test {
namespace {

std::unique_ptr<TrainedExtractor> train() {
  auto trained = std::make_unique<TrainedExtractor>();
  const ShortRun run = short_run("classifier",
                                 {.batch = 40,
                                  .steps = 60,
                                  .evaluate_every = 60,
                                  .data = trained->data(),
                                  .values = {{"width", "4"}, {"lr", "0.01"}, {"shift", "0"}}},
                                 60);
  std::map<std::string, std::vector<float>> values;
  std::map<std::string, Shape> shapes;
  for (const VariableInfo& v : run.replicas[0].variables) {
    values[v.name] = run.variable(v.name);
    shapes[v.name] = v.shape;
  }
  trained->file =
      classifier_extractor({.height = 28, .width = 28, .channels = 1}, 10, 4, values, shapes);
  trained->file.provenance = {{"data", "columns"}};
  trained->accuracy = run.sink.column<double>(0, 1, 1).back();
  return trained;
}

}  // namespace

const TrainedExtractor& trained_extractor() {
  static const std::unique_ptr<TrainedExtractor> trained = train();
  return *trained;
}

}  // namespace ganflow::test
