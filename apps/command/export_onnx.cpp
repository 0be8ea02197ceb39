#include "apps/command/export_onnx.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "apps/command/loaded_run.h"
#include "apps/command/say.h"
#include "engine/error.h"
#include "io/disk/durable.h"
#include "ops/primitives/onnx/model.h"

namespace ganflow::cli {
namespace {

// Variables and scalars of a checkpoint by the names a program has for them.
std::map<std::string, std::vector<float>> constants_of(const LoadedRun& loaded) {
  std::map<std::string, std::vector<float>> constants = loaded.state.variables;
  for (const LoweredScalar& scalar : loaded.replica.scalars)
    constants[scalar.name] = {static_cast<float>(scalar.schedule.at(loaded.state.step))};
  return constants;
}

}  // namespace

void export_onnx(const UseOptions& o, const FindGraph& find, const std::string& path) {
  const LoadedRun loaded = load_for_use(o, find);
  const auto& all = loaded.replica.evaluations;
  const auto e = std::ranges::find_if(all, [](const LoweredEvaluation& e) { return !e.metric; });
  if (e == all.end()) fail(Fault::usage, "--onnx: the graph of this run draws no samples");
  if (!e->draws.empty())
    fail(Fault::usage, "--onnx: the samples '{}' of this run are made of its data, not of latents",
         e->name);
  const TracedDrawing drawing = trace_drawing(*loaded.graph, e->name, 1);
  const std::string bytes =
      onnx_model(drawing.generate,
                 {.model = e->name,
                  .inputs = draw_names(drawing.draws),
                  .output = "samples",
                  .description = fmt::format("{}, seed {}, step {}", loaded.info.graph,
                                             loaded.replica.seed, loaded.state.step)},
                 constants_of(loaded), fmt::format("--onnx: '{}'", e->name));
  write_durably(path, std::as_bytes(std::span(bytes)));
  say("{}: '{}' of step {}\n", path, e->name, loaded.state.step);
}

}  // namespace ganflow::cli
