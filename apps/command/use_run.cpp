#include "apps/command/use_run.h"

#include <fmt/format.h>

#include "apps/command/say.h"
#include "engine/error.h"
#include "engine/graph/lower.h"
#include "engine/run/evaluation.h"
#include "io/images/png.h"
#include "io/run/resume.h"
#include "io/run/samples_file.h"

namespace ganflow::cli {
namespace {

struct Loaded {
  LoweredReplica replica;
  Restored state;
};

// Composes the run's graph again, exactly as it was trained, and reads the checkpoint.
Loaded load(const UseOptions& o, const FindGraph& find) {
  const RunIndex index = read_run_index(o.run);
  const auto count = static_cast<int>(index.info.replicas.size());
  if (o.replica >= count)
    fail(Fault::usage, "--replica {}: the run has replicas 0 to {}", o.replica, count - 1);
  const ReplicaInfo& info = index.info.replicas[static_cast<std::size_t>(o.replica)];
  const auto& options = index.info.options;
  GraphSettings settings{.batch = std::stoll(options.at("batch")), .values = info.settings};
  if (const auto data = options.find("data"); data != options.end()) settings.data = data->second;
  Graph graph(index.info.graph, settings);
  find(index.info.graph)(graph);
  ProgramCache cache;
  std::vector<std::string> messages;
  Loaded loaded{lower(graph, info.seed, cache),
                load_checkpoint(o.run, o.replica, o.step, &messages).state};
  for (const std::string& message : messages) say(stderr, "{}\n", message);
  return loaded;
}

}  // namespace

int sample_run(const UseOptions& o, const FindGraph& find) {
  const Loaded loaded = load(o, find);
  bool any = false;
  for (const LoweredEvaluation& e : loaded.replica.evaluations) {
    if (e.metric) continue;
    any = true;
    const std::vector<float> data = generate(loaded.replica, e, loaded.state, o.count, o.draw);
    const Samples samples{.name = e.name,
                          .step = loaded.state.step,
                          .n = o.count,
                          .row = e.row,
                          .picture = e.picture,
                          .data = data};
    const std::string out = o.out.empty() ? fmt::format("{}/{}_step_{:09}_draw_{}", o.run, e.name,
                                                        loaded.state.step, o.draw)
                                          : o.out;
    const Pixels grid = draw(samples);
    write_samples(out + ".h5", samples, grid);
    write_png(out + ".png", grid);
    say("{} samples of replica {} at step {}: {}.h5, {}.png\n", o.count, o.replica,
        loaded.state.step, out, out);
  }
  if (!any) fail(Fault::usage, "{}: its graph draws no samples", o.run);
  return 0;
}

int evaluate_run(const UseOptions& o, const FindGraph& find) {
  const Loaded loaded = load(o, find);
  bool any = false;
  for (const LoweredEvaluation& e : loaded.replica.evaluations) {
    if (!e.metric) continue;
    any = true;
    const std::vector<double> values = measure_samples(loaded.replica, e, loaded.state);
    const std::vector<MetricColumn> columns = e.metric->columns();
    say("{} of replica {} at step {}\n", e.name, o.replica, loaded.state.step);
    for (std::size_t c = 0; c < columns.size(); ++c)
      say("  {:<18} {:<12.6g} {}\n", columns[c].name, values[c], columns[c].description);
  }
  if (!any) fail(Fault::usage, "{}: its graph measures nothing; add evaluate(...) to it", o.run);
  return 0;
}

}  // namespace ganflow::cli
