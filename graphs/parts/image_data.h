// Stored images as sources of a graph: files are read once a process, kept as bytes, and become
// numbers where batches are made, ahead of the step that reads them.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "graphs/parts/dataset.h"
#include "io/data/image_set.h"

namespace ganflow {

// Option size: the side in pixels that images of a set in files are cropped and resized to; 0: as
// they are.
Extent size_option(Graph& graph);

// Adds the source node `name` for the images that `read` returns. `key` says which: equal keys are
// read once. The option dequantise=0|1 of the graph is form.dequantise unless it is set.
//
// A graph of a run that is used again reads nothing: its source has the shapes that were kept.
DataSet add_images(Graph& graph, const std::string& name, const std::string& key, DataForm form,
                   const std::function<ImageSet()>& read);

// The items of a set without test files that belong to a part: held out is every tenth image.
ImageSet part_of(ImageSet set, Part part);

// `path`, or the folder of that name below $GANFLOW_DATA. Throws Error(usage) if there is neither
// and the graph is to read it for its source `node`.
std::string data_directory(const Graph& graph, const std::string& set, const std::string& node,
                           const std::string& path, const std::string& folder);

}  // namespace ganflow
