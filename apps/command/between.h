// Paths through latents, between samples that were chosen.
#pragma once

#include <string>
#include <vector>

#include "engine/graph/drawing.h"
#include "engine/run/drawing_calls.h"

namespace ganflow::cli {

// "3,17,5": numbers of samples, two at least, each below 10,000,000. Throws Error(usage).
std::vector<Extent> parse_between(const std::string& text);

// What straight lines a + t / (frames - 1) (b - a), t = 0 .. frames - 1, make of the latents of
// each sample a of `between` and the next one, b: rows of (between.size() - 1) paths of `frames`
// frames, one path after the other. Labels are those of a. Throws Error(usage) if nothing is drawn.
DrawnRows path_rows(const LoweredDrawing& drawing, const DrawnRows& rows,
                    const std::vector<Extent>& between, Extent frames);

}  // namespace ganflow::cli
