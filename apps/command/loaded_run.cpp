#include "apps/command/loaded_run.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

#include "apps/command/say.h"
#include "engine/device/device.h"
#include "engine/error.h"
#include "io/run/resume.h"

namespace ganflow::cli {
namespace {

// A whole number among the options a run records.
std::int64_t recorded_number(const UseOptions& o, const std::map<std::string, std::string>& options,
                             const std::string& name) {
  const auto found = options.find(name);
  const std::string text = found == options.end() ? "" : found->second;
  std::int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  if (read.ec != std::errc() || read.ptr != end)
    fail(Fault::input, "{}: its index records {} as '{}', which is no whole number: it is damaged",
         o.run, name, text);
  return value;
}

}  // namespace

LoadedRun load_for_use(const UseOptions& o, const FindGraph& find, bool with_data) {
  const RunIndex index = read_run_index(o.run);
  const auto count = static_cast<int>(index.info.replicas.size());
  if (o.replica >= count)
    fail(Fault::usage, "--replica {}: the run has replicas 0 to {}", o.replica, count - 1);
  const ReplicaInfo& info = index.info.replicas[static_cast<std::size_t>(o.replica)];
  const std::string name = index.info.graph_of(info);
  const auto options = index.info.options_of(info);
  GraphSettings settings{.batch = recorded_number(o, options, "batch"),
                         .steps = recorded_number(o, options, "steps"),
                         .values = info.settings};
  if (const auto fuse = options.find("fuse"); fuse != options.end())
    settings.fuse = fuse->second == "auto";
  if (o.data.empty() && !with_data) settings.images = index.info.images;
  if (const auto data = options.find("data"); data != options.end()) settings.data = data->second;
  if (!o.data.empty()) settings.data = o.data;
  auto graph = std::make_unique<Graph>(name, settings);
  find(name)(*graph);
  std::vector<std::string> messages;
  Checkpoint checkpoint = load_checkpoint(o.run, o.replica, o.step, &messages);
  for (const std::string& message : messages) say(stderr, "{}\n", shown(message));
  // Not a GPU: what a draw gives does not depend on the machine, and the CPU has every kernel.
  const std::shared_ptr<const Device> device = open_device("cpu");
  LoadedRun loaded{.info = index.info,
                   .graph = std::move(graph),
                   .device = device,
                   .replica = {},
                   .state = std::move(checkpoint.state)};
  loaded.info.options = options;
  loaded.replica = lower(*loaded.graph, info.seed, *loaded.cache, *device);
  const bool same = info.formulas_hash ? loaded.replica.formulas == info.formulas_hash
                                       : loaded.replica.hash == info.program_hash;
  if (!same || checkpoint.program_hash != info.program_hash)
    fail(Fault::usage,
         "{}: replica {} was trained with other data or another version of the program; its "
         "checkpoint cannot be used with this one",
         o.run, o.replica);
  return loaded;
}

bool lacks_data(const LoweredEvaluation& e) {
  const auto reads_nothing = [](const auto& draws) { return !draws.source->has_items(); };
  return (e.metric && !e.metric->has_data()) || std::ranges::any_of(e.draws, reads_nothing);
}

LoadedRun load_with_needed_data(const UseOptions& o, const FindGraph& find,
                                const std::function<bool(const LoweredEvaluation&)>& wanted) {
  LoadedRun loaded = load_for_use(o, find);
  const auto needs = [&](const LoweredEvaluation& e) { return wanted(e) && lacks_data(e); };
  if (!std::ranges::any_of(loaded.replica.evaluations, needs)) return loaded;
  try {
    return load_for_use(o, find, true);
  } catch (const Error& error) {
    say(stderr, "{}\n", error.what());
    return loaded;
  }
}

std::string say_where(const std::string& run, const std::vector<std::string>& samples) {
  return fmt::format(
      "{}: the samples '{}' are made of the run's data; say where they are, --data SET:PATH", run,
      fmt::join(samples, "', '"));
}

}  // namespace ganflow::cli
