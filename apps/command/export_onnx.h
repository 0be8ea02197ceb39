// The generator of a run as an ONNX model.
#pragma once

#include <string>

#include "apps/command/use_run.h"

namespace ganflow::cli {

// Writes the first samples of a graph as a function of what they are drawn from. Inputs are
// "latents" (N,...) and "labels" (N), numbers of classes as floats, named as in files of `sample`;
// the output "samples" (N,...) has the range of the generator. Throws Error(usage) for a run whose
// samples are made of data, and where ONNX cannot say what a generator does.
void export_onnx(const UseOptions& options, const FindGraph& find, const std::string& path);

}  // namespace ganflow::cli
