// Data sets by the name that --data takes: "spheres" (variants "spheres:48", "spheres:two"),
// "gaussian1d", "gaussians8", "gaussians25", "swissroll", "mnist:DIR", "fashion-mnist:DIR".
#pragma once

#include <string>
#include <vector>

#include "engine/flow/graph.h"

namespace ganflow {

// What a topology has to know about its data.
struct DataSet {
  Port port;        // (N, P) or (N, F)
  Extent features;  // P or F
  Picture picture;  // how samples are drawn
  bool image() const { return picture.channels > 0; }
};

// Adds the source node, named after the set. The spheres' options are options of the graph
// (spheres.count, spheres.side, spheres.radius, spheres.images). Throws Error(usage) for a name or
// a directory that does not exist, Error(input) for damaged files.
DataSet add_data(Graph& graph, const std::string& name);

// Adds what measures samples of this set: KL and RMSE of spheres (rendered at sharpness `k`), KL of
// the 1-D Gaussian, mode coverage of the point sets. Nothing for photographs yet.
void evaluate_data(Graph& graph, const std::string& name, Port samples, Scalar k, Every every);

struct DataSetInfo {
  std::string name, description;
};
std::vector<DataSetInfo> data_sets();

}  // namespace ganflow
