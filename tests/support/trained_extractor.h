// A small classifier of ColumnsSet, trained once a process, as an extractor.
#pragma once

#include <memory>

#include "graphs/quality/extractor.h"
#include "support/columns_set.h"

namespace ganflow::test {

struct TrainedExtractor {
  ColumnsSet set;
  ExtractorFile file;
  double accuracy = 0;  // of the run's table "test" at its end
  std::string data() const { return set.data(); }
};

const TrainedExtractor& trained_extractor();

// Of one that these options train on the set.
std::unique_ptr<const TrainedExtractor> train_extractor(
    const ClassifierNetwork& network, const std::map<std::string, std::string>& values);

}  // namespace ganflow::test
