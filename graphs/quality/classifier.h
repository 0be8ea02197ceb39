// The graph that trains a classifier on a labelled set of images, the local extractor of features.
//
//   data -> [mirrored] -> [shifted] -> [cut_out] -> features -> logits --+-> loss
//        -> label -------------------------------------------------------+     --> classifier_step
//
// Cross-entropy, Adam or SGD with its rate falling to 0, L2, batch norm. Table "test" measures the
// items held out: columns accuracy and loss.
#pragma once

#include "engine/graph/graph.h"

namespace ganflow {

// Options width, blocks, mirror, shift, cutout, smoothing, optimizer; scalars lr, l2. Throws
// Error(usage) for a set without labels.
void classifier(Graph& graph);

}  // namespace ganflow
