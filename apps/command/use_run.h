// What can be done with a run directory afterwards: draw more samples, measure a checkpoint.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/graph/drawing.h"
#include "engine/graph/schedule.h"
#include "graphs/presets.h"

namespace ganflow::cli {

struct UseOptions {
  std::string run;
  int replica = 0;
  std::optional<Step> step;  // of the checkpoint; the newest one if absent
  std::uint64_t draw = 0;    // which latents, below 2^32; 0 are those of the run's own grids
  std::int64_t count = 64;
  std::string data;          // where the data are that metrics compare with and samples are made of
  std::string chosen_class;  // of sample: a name or a number of the classes; empty: all
  std::string latents;       // of sample: a file with /latents, used instead of draws
  std::string images;        // of sample: a folder for single PNGs
  bool npz = false;          // of sample: also OUT.npz
  bool gif = false;          // of sample: also OUT.gif
  std::string between;       // of sample: "3,17", paths between the latents of these samples
  std::int64_t frames = 16;  // of each of those paths
  std::string out;           // without ending; RUN/sample_step_N_draw_D if empty
};

// The graph a run was made of, by the name stored in it.
using FindGraph = std::function<Compose(const std::string& name)>;

// What draws are called in files: the first latents "latents", labels "labels", further ones with
// the node's name behind, "latents_sample_z2".
std::vector<std::string> draw_names(const std::vector<Draws>& draws);

// Writes OUT.h5 (image stack or points, with the latents and labels they are made of) and OUT.png,
// of every further sample grid of the graph OUT_NAME.h5 and .png. No data are read but by samples
// that are made of them. Both refuse a graph that is not the run's. Returns 0; throws Error.
int sample_run(const UseOptions& options, const FindGraph& find);
// Prints every metric of the graph at a checkpoint. Returns 0; throws Error.
int evaluate_run(const UseOptions& options, const FindGraph& find);

}  // namespace ganflow::cli
