#include "apps/command/options.h"

#include <algorithm>
#include <fstream>

#include "engine/error.h"
#include "engine/suggest.h"

namespace ganflow {

void add_run_options(CLI::App& app, RunOptions& o) {
  app.add_option("--config", o.config, "TOML file of flags: steps = 1000, set = [\"lr=1e-4\"]");
  app.add_option("--data", o.data, "data set instead of the graph's own, see 'ganflow list'");
  app.add_option("--steps", o.steps, "critic updates")->check(CLI::PositiveNumber);
  app.add_option("--batch", o.batch, "rows of a batch")->check(CLI::PositiveNumber);
  app.add_option("--seed", o.seed, "seed of the first replica")->capture_default_str();
  app.add_option("--replicas", o.replicas, "runs with seeds S, S+1, ... side by side")
      ->check(CLI::Range(1, 10000))
      ->capture_default_str();
  app.add_option("--set", o.set, "name=v1,v2: an option of the graph; lists form a product of runs")
      ->allow_extra_args(false);
  app.add_option("--measure", o.measure,
                 "where the simple penalty looks: interpolated, real, fake, midpoint, anchored");
  app.add_option("--device", o.device, "cpu, cuda[:i] or auto")->capture_default_str();
  app.add_option("--precision", o.precision, "fp32, fast or bf16")->capture_default_str();
  app.add_option("--threads", o.threads, "worker threads, 0: one per core")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  app.add_option("--fuse", o.fuse, "auto: one program per step; off: a node per operator")
      ->check(CLI::IsMember({"auto", "off"}))
      ->capture_default_str();
  app.add_option("--out", o.out, "run directory [runs/NAME-001, first free number]");
  app.add_flag("--resume", o.resume, "go on from the newest checkpoint of --out");
  app.add_option("--checkpoint-every", o.checkpoint_every, "critic updates between checkpoints");
  app.add_option("--sample-every", o.sample_every, "critic updates between sample grids");
  app.add_option("--evaluate-every", o.evaluate_every, "critic updates between evaluations");
  app.add_flag("--trace", o.trace, "write trace.json (Chrome, Perfetto) into the run directory");
  app.add_flag("--dot", o.dot, "write graph.dot (Graphviz) into the run directory");
  app.add_flag("--plan", o.plan, "print stages, kernels and memory, train nothing");
}

std::vector<std::string> with_config(int argc, char** argv) {
  std::vector<std::string> arguments(argv + 1, argv + argc), files;
  const auto given = [&](const std::string& flag) {
    return std::any_of(arguments.begin(), arguments.end(), [&](const std::string& a) {
      return a == flag || a.starts_with(flag + "=");
    });
  };
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == "--config" && i + 1 < arguments.size()) files.push_back(arguments[i + 1]);
    if (arguments[i].starts_with("--config=")) files.push_back(arguments[i].substr(9));
  }
  std::vector<std::string> from_files;
  for (const std::string& file : files) {
    std::ifstream stream(file);
    if (!stream) fail(Fault::usage, "--config {}: the file cannot be opened", file);
    for (const CLI::ConfigItem& item : CLI::ConfigTOML().from_config(stream)) {
      if (!item.parents.empty())
        fail(Fault::usage, "--config {}: flags stand outside of sections, '{}' is in one", file,
             item.fullname());
      const std::string flag = "--" + item.name;
      if (given(flag)) continue;
      for (const std::string& value : item.inputs) from_files.push_back(flag + "=" + value);
    }
  }
  arguments.insert(arguments.end(), from_files.begin(), from_files.end());
  return arguments;
}

namespace {

// "0,steps(0:0,2500:-0.2)" -> two values.
std::vector<std::string> split_values(const std::string& text) {
  std::vector<std::string> values(1);
  int depth = 0;
  for (char c : text) {
    depth += (c == '(') - (c == ')');
    if (c == ',' && depth == 0)
      values.emplace_back();
    else
      values.back() += c;
  }
  return values;
}

}  // namespace

std::vector<Member> members(const RunOptions& options) {
  std::vector<std::string> set = options.set;
  if (!options.measure.empty()) set.push_back("measure=" + options.measure);
  std::vector<std::map<std::string, std::string>> product(1);
  for (const std::string& text : set) {
    const auto equals = text.find('=');
    if (equals == std::string::npos || equals == 0)
      fail(Fault::usage, "--set {}: write name=value or name=v1,v2", text);
    const std::string name = text.substr(0, equals);
    if (product[0].contains(name))
      fail(Fault::usage, "--set {}: '{}' is given twice; join its values by commas", text, name);
    std::vector<std::map<std::string, std::string>> next;
    for (const auto& chosen : product)
      for (const std::string& value : split_values(text.substr(equals + 1))) {
        if (value.empty()) fail(Fault::usage, "--set {}: one of the values is empty", text);
        next.push_back(chosen);
        next.back()[name] = value;
      }
    product = std::move(next);
  }
  std::vector<Member> result;
  for (const auto& chosen : product)
    for (int r = 0; r < options.replicas; ++r)
      result.push_back({options.seed + static_cast<std::uint64_t>(r), chosen});
  return result;
}

GraphSettings graph_settings(const RunOptions& options, const Member& member) {
  return {.batch = options.batch,
          .steps = options.steps,
          .evaluate_every = options.evaluate_every,
          .sample_every = options.sample_every,
          .data = options.data,
          .values = member.values,
          .fuse = options.fuse == "auto"};
}

void check_device(const RunOptions& options) {
  const std::string& device = options.device;
  if (device.starts_with("cuda"))
    fail(Fault::usage, "--device {}: this build has no CUDA backend; use --device cpu", device);
  if (device != "cpu" && device != "auto")
    fail(Fault::usage, "--device {}: no such device{}", device,
         suggestion(device, {"cpu", "auto"}));
  if (options.precision == "fp32") return;
  const std::vector<std::string> known = {"fp32", "fast", "bf16"};
  if (std::find(known.begin(), known.end(), options.precision) == known.end())
    fail(Fault::usage, "--precision {}: no such precision{}", options.precision,
         suggestion(options.precision, known));
  fail(Fault::usage, "--precision {}: this build computes in fp32 only; use --precision fp32",
       options.precision);
}

}  // namespace ganflow
