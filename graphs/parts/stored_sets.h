// Data sets in files, one function each: options of the set become options of the graph, the node
// is named after the set and the part of it (data_path.h).
#pragma once

#include <string>

#include "graphs/parts/dataset.h"

namespace ganflow {

// `set` is the name that --data takes, `text` what stands behind its colon: "DIR#test".
DataSet add_mnist(Graph& graph, const std::string& set, const std::string& text, DataForm form);
DataSet add_emnist(Graph& graph, const std::string& set, const std::string& text, DataForm form);
DataSet add_cifar10(Graph& graph, const std::string& set, const std::string& text, DataForm form);
DataSet add_cifar100(Graph& graph, const std::string& set, const std::string& text, DataForm form);
DataSet add_folder(Graph& graph, const std::string& set, const std::string& text, DataForm form);
DataSet add_packed(Graph& graph, const std::string& set, const std::string& text, DataForm form);

}  // namespace ganflow
