#include "apps/command/command_line.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <limits>
#include <map>

#include "apps/command/config.h"
#include "engine/error.h"

namespace ganflow::cli {
namespace {

// CLI11's own validators say the greatest number of a double, with 309 digits, and its numbers
// without a sign wrap.
CLI::Validator number(const Range& range) {
  const auto check = [range](const std::string& text) {
    double value = 0;
    return CLI::detail::lexical_cast(text, value) && range.contains(value)
               ? std::string()
               : fmt::format("{} is given, it must be {}", text, range.text());
  };
  return {check, range.text()};
}

constexpr std::uint64_t kGreatest = std::numeric_limits<std::uint64_t>::max();
constexpr std::uint64_t kMostSteps = std::numeric_limits<std::int64_t>::max();

CLI::Validator whole(std::uint64_t least, std::uint64_t most) {
  const auto check = [least, most](const std::string& text) -> std::string {
    std::uint64_t value = 0;
    const char* end = text.data() + text.size();
    const auto [stop, code] = std::from_chars(text.data(), end, value);
    const bool digits = text.find_first_not_of("0123456789", text.starts_with('-')) == text.npos;
    if (!digits) return fmt::format("{} is given, it must be a whole number", text);
    if (text.starts_with('-') || (code == std::errc() && value < least))
      return fmt::format("{} is given, it must be at least {}", text, least);
    if (stop != end || code != std::errc() || value > most)
      return fmt::format("{} is given, it must be at most {}", text, most);
    return {};
  };
  return {check, least > 0 ? fmt::format("at least {}", least) : ""};
}

// The flags of a run, the same for every preset, graph and app file.
void add_run_options(CLI::App& app, RunOptions& o) {
  app.add_option("--config", o.config, "TOML file of flags: steps = 1000, set = [\"lr=1e-4\"]");
  app.add_option("--data", o.data, "data set instead of the graph's own, see 'ganflow list'");
  app.add_option("--steps", o.steps, "critic updates")->check(whole(1, kMostSteps));
  app.add_option("--batch", o.batch, "rows of a batch")
      ->check(whole(1, std::numeric_limits<std::int32_t>::max()));
  app.add_option("--seed", o.seed, "seed of the first replica")
      ->check(whole(0, kGreatest))
      ->capture_default_str();
  app.add_option("--replicas", o.replicas, "runs with seeds S, S+1, ... side by side")
      ->check(CLI::Range(1, 10000))
      ->capture_default_str();
  app.add_option("--set", o.set,
                 "name=v1,v2: an option of the graph, those of one are listed by 'list --graph'; "
                 "lists form a product of runs")
      ->allow_extra_args(false);
  app.add_option("--measure", o.measure,
                 "the same as --set measure=...: where a gradient penalty looks");
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
  app.add_option("--checkpoint-every", o.checkpoint_every,
                 "critic updates between checkpoints, or time: 30s, 5m, 2h [ten in a run]");
  app.add_option("--keep-last", o.keep.last, "how many of the newest checkpoints stay")
      ->check(CLI::Range(1, 1'000'000'000))
      ->capture_default_str();
  app.add_option("--keep-best", o.keep.best,
                 "keep the checkpoint with the least of a column, quality.kl or kl, or with the "
                 "most of it, quality.modes:max");
  app.add_option("--keep-every", o.keep.every,
                 "keep the first checkpoint at or after each multiple of this many critic updates")
      ->check(whole(1, kMostSteps));
  app.add_option("--io-grace", o.io_grace,
                 "seconds that training waits for output that cannot be written")
      ->check(number(at_least(0)))
      ->capture_default_str();
  app.add_option("--sample-every", o.sample_every, "critic updates between sample grids")
      ->check(whole(0, kMostSteps));
  app.add_option("--evaluate-every", o.evaluate_every, "critic updates between evaluations")
      ->check(whole(0, kMostSteps));
  app.add_flag("--trace", o.trace, "write trace.json (Chrome, Perfetto) into the run directory");
  app.add_flag("--dot", o.dot, "write graph.dot (Graphviz) into the run directory");
  app.add_flag("--plan", o.plan, "print stages, kernels and memory, train nothing");
}

CLI::App* add_use(CLI::App& app, UseOptions& o, const char* name, const char* text) {
  CLI::App* command = app.add_subcommand(name, text);
  command->add_option("run", o.run, "run directory")->required();
  command->add_option("--replica", o.replica, "which replica")->check(CLI::Range(0, 9999));
  command->add_option("--step", o.step, "which checkpoint [the newest]")
      ->check(whole(0, kMostSteps));
  return command;
}

CLI::App* add_sample(CLI::App& app, UseOptions& o) {
  CLI::App* command = add_use(app, o, "sample", "draw samples from a checkpoint of a run");
  command->add_option("-n,--count", o.count, "how many")
      ->check(CLI::Range(1, 10'000'000))
      ->capture_default_str();
  command->add_option("--draw", o.draw, "which latents; 0 are those of the run's grids")
      ->check(whole(0, 4294967295))
      ->capture_default_str();
  command->add_option("--out", o.out, "OUT.h5 and OUT.png [RUN/NAME_step_N_draw_D]");
  return command;
}

CLI::App* add_evaluate(CLI::App& app, UseOptions& o) {
  return add_use(app, o, "evaluate", "measure a checkpoint of a run");
}

CLI::App* add_verify(CLI::App& app, UseOptions& o) {
  CLI::App* command = app.add_subcommand("verify", "look whether every file of a run is whole");
  command->add_option("run", o.run, "run directory")->required();
  return command;
}

// The arguments of main() without the program, then the flags of its --config files that are not
// among them.
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
    for (const ConfigFlag& item : read_config(file)) {
      const std::string flag = "--" + item.name;
      if (given(flag)) continue;
      for (const std::string& value : item.values) from_files.push_back(flag + "=" + value);
    }
  }
  arguments.insert(arguments.end(), from_files.begin(), from_files.end());
  return arguments;
}

// Adds the verbs that use a run; what they fill in is `use`.
std::map<Verb, const CLI::App*> add_use_verbs(CLI::App& app, UseOptions& use) {
  return {{Verb::sample, add_sample(app, use)},
          {Verb::evaluate, add_evaluate(app, use)},
          {Verb::verify, add_verify(app, use)}};
}

std::variant<Request, int> parse(CLI::App& app, Request& request,
                                 const std::map<Verb, const CLI::App*>& verbs, int argc,
                                 char** argv) {
  std::vector<std::string> arguments = with_config(argc, argv);
  std::reverse(arguments.begin(), arguments.end());  // CLI11 takes them from the back
  try {
    app.parse(arguments);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : static_cast<int>(Fault::usage);
  }
  for (const auto& [verb, command] : verbs)
    if (*command) request.verb = verb;
  return request;
}

}  // namespace

std::variant<Request, int> parse_app(const std::string& name, int argc, char** argv) {
  CLI::App app("trains " + name, name);
  Request request{.graph = name};
  add_run_options(app, request.run);
  return parse(app, request, add_use_verbs(app, request.use), argc, argv);
}

std::variant<Request, int> parse_command(int argc, char** argv) {
  CLI::App app("trains and measures generative adversarial networks", "ganflow");
  app.require_subcommand(1);
  Request request;
  CLI::App* training = app.add_subcommand("train", "train a preset or a graph");
  training->add_option("preset", request.graph, "preset or graph, see 'ganflow list'")->required();
  add_run_options(*training, request.run);
  CLI::App* list = app.add_subcommand("list", "presets, graphs and data sets, one line each");
  list->add_option(
      "--graph", request.graph,
      "instead: the options of this preset or graph with defaults and ranges, its networks layer "
      "by layer; with --plan also its stages and memory");
  add_run_options(*list, request.run);
  std::map<Verb, const CLI::App*> verbs = add_use_verbs(app, request.use);
  verbs[Verb::list] = list;
  return parse(app, request, verbs, argc, argv);
}

}  // namespace ganflow::cli
