// Stored images as sources of a graph: files are read once a process, kept as bytes, and become
// numbers where batches are made, ahead of the step that reads them.
#pragma once

#include <functional>
#include <string>

#include "graphs/parts/dataset.h"
#include "io/data/image_set.h"

namespace ganflow {

// Adds the source node `name` for the images that `read` returns. `key` says which: equal keys are
// read once. The option dequantise=0|1 of the graph is form.dequantise unless it is set.
DataSet add_images(Graph& graph, const std::string& name, const std::string& key, DataForm form,
                   const std::function<ImageSet()>& read);

// Every tenth image of a set, from the tenth on, or all others.
ImageSet every_tenth(const ImageSet& set, bool held_out);

// `path`, or the folder of that name below $GANFLOW_DATA. Throws Error(usage) if there is neither.
std::string data_directory(const std::string& name, const std::string& path,
                           const std::string& folder);

}  // namespace ganflow
