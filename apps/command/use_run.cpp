#include "apps/command/use_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "apps/command/say.h"
#include "engine/device/device.h"
#include "engine/error.h"
#include "engine/graph/lower.h"
#include "engine/run/evaluation.h"
#include "io/images/png.h"
#include "io/run/resume.h"
#include "io/run/samples_file.h"

namespace ganflow::cli {
namespace {

struct Loaded {
  std::shared_ptr<const Device> device;
  LoweredReplica replica;
  Restored state;
};

// A whole number among the options a run records.
std::int64_t recorded_number(const UseOptions& o, const RunInfo& info, const std::string& name) {
  const auto found = info.options.find(name);
  const std::string text = found == info.options.end() ? "" : found->second;
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  if (read.ec != std::errc() || read.ptr != end)
    fail(Fault::input, "{}: its index records {} as '{}', which is no whole number: it is damaged",
         o.run, name, text);
  return value;
}

// The first is named OUT, further ones OUT_NAME.
std::string output_name(const UseOptions& o, const LoweredEvaluation& e, Step step, bool first) {
  if (o.out.empty()) return fmt::format("{}/{}_step_{:09}_draw_{}", o.run, e.name, step, o.draw);
  return first ? o.out : o.out + "_" + e.name;
}

// Composes the run's graph again, exactly as it was trained, and reads the checkpoint.
Loaded load(const UseOptions& o, const FindGraph& find) {
  const RunIndex index = read_run_index(o.run);
  const auto count = static_cast<int>(index.info.replicas.size());
  if (o.replica >= count)
    fail(Fault::usage, "--replica {}: the run has replicas 0 to {}", o.replica, count - 1);
  const ReplicaInfo& info = index.info.replicas[static_cast<std::size_t>(o.replica)];
  const auto& options = index.info.options;
  GraphSettings settings{.batch = recorded_number(o, index.info, "batch"),
                         .steps = recorded_number(o, index.info, "steps"),
                         .values = info.settings};
  if (const auto fuse = options.find("fuse"); fuse != options.end())
    settings.fuse = fuse->second == "auto";
  if (const auto data = options.find("data"); data != options.end()) settings.data = data->second;
  Graph graph(index.info.graph, settings);
  find(index.info.graph)(graph);
  ProgramCache cache;
  std::vector<std::string> messages;
  Checkpoint checkpoint = load_checkpoint(o.run, o.replica, o.step, &messages);
  for (const std::string& message : messages) say(stderr, "{}\n", message);
  const std::shared_ptr<const Device> device = open_device("auto");
  Loaded loaded{device, lower(graph, info.seed, cache, *device), std::move(checkpoint.state)};
  if (loaded.replica.hash != info.program_hash || loaded.replica.hash != checkpoint.program_hash)
    fail(Fault::usage,
         "{}: replica {} was trained with other data or another version of the program; its "
         "checkpoint cannot be used with this one",
         o.run, o.replica);
  return loaded;
}

}  // namespace

int sample_run(const UseOptions& o, const FindGraph& find) {
  const Loaded loaded = load(o, find);
  bool any = false;
  for (const LoweredEvaluation& e : loaded.replica.evaluations) {
    if (e.metric) continue;
    const std::string out = output_name(o, e, loaded.state.step, !any);
    any = true;
    const std::vector<float> data =
        generate(loaded.replica, e, loaded.state, o.count, o.draw, *loaded.device);
    const Samples samples{.name = e.name,
                          .step = loaded.state.step,
                          .n = o.count,
                          .row = e.row,
                          .picture = e.picture,
                          .data = data};
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
    const std::vector<double> values =
        measure_samples(loaded.replica, e, loaded.state, *loaded.device);
    const std::vector<MetricColumn> columns = e.metric->columns();
    say("{} of replica {} at step {}\n", e.name, o.replica, loaded.state.step);
    for (std::size_t c = 0; c < columns.size(); ++c)
      say("  {:<18} {:<12.6g} {}\n", columns[c].name, values[c], columns[c].description);
  }
  if (!any) fail(Fault::usage, "{}: its graph measures nothing; add evaluate(...) to it", o.run);
  return 0;
}

}  // namespace ganflow::cli
