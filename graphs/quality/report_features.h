// Quality of a graph's samples by an extractor, beside training.
#pragma once

#include "graphs/parts/dataset.h"

namespace ganflow {

// Table "features" (feature_quality.h) of `samples`, images of the set `data`, if option extractor
// names a file; the set must be stored images. `classes` (N,K) are those of the samples; absent:
// they have none. Options extractor, extractor.measures, extractor.samples, extractor.against,
// extractor.regularise.
// Throws Error(usage) and Error(input) before training for an extractor that does not fit.
void report_features(Graph& graph, const DataSet& data, Port samples, Port classes, Every every);

// Table "path_confidence" (path_confidence.h) of paths of `frames` samples, if option
// extractor.measures names it. Options and errors as above; 0 frames are refused if it does.
void report_path_features(Graph& graph, const DataSet& data, Port paths, Extent frames,
                          Every every);

}  // namespace ganflow
