#include "apps/command/command_line.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <limits>
#include <map>

#include "apps/command/flags.h"
#include "apps/command/numbers.h"
#include "engine/error.h"
#include "engine/suggest.h"

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
  const auto read = [least, most](std::string& text) -> std::string {
    try {
      text = std::to_string(parse_whole(text, least, most));
      return {};
    } catch (const Error& error) {
      return error.what();
    }
  };
  return {read, least > 0 ? fmt::format("at least {}", least) : ""};
}

// The flags of a run, the same for every preset, graph and app file.
void add_run_options(CLI::App& app, RunOptions& o) {
  app.add_option("--config", o.config, "TOML file of flags: steps = 1000, set = [\"lr=1e-4\"]");
  app.add_option("--data", o.data, "data set instead of the graph's own, see 'ganflow list'");
  app.add_option(
         "--steps", o.steps,
         "critic updates; generator updates with --set count=generator; 20k and 2e4 are 20000")
      ->transform(whole(1, kMostSteps));
  app.add_option("--batch", o.batch, "rows of a batch")
      ->transform(whole(1, std::numeric_limits<std::int32_t>::max()));
  app.add_option("--seed", o.seed, "seed of the first replica")
      ->transform(whole(0, kGreatest))
      ->capture_default_str();
  app.add_option("--replicas,--repeats", o.replicas,
                 "runs with seeds S, S+1, ... side by side [1; of an experiment as the paper did]")
      ->transform(whole(1, 10000));
  app.add_option("--set", o.set,
                 "name=v1,v2: an option of the graph, those of one are listed by 'list --graph'; "
                 "lists form a product of runs")
      ->allow_extra_args(false);
  app.add_option("--measure", o.measure,
                 "the same as --set measure=...: where a gradient penalty looks");
  app.add_option("--device", o.device, "cpu, cuda[:i] or auto")->capture_default_str();
  app.add_option(
         "--precision", o.precision,
         "auto: a GPU's convolutions round to TF32, all else is float32; fp32: they are, too")
      ->capture_default_str();
  app.add_option("--threads", o.threads, "worker threads, 0: one per core")
      ->transform(whole(0, 1024))
      ->capture_default_str();
  app.add_option("--ranks-per-replica", o.ranks_per_replica,
                 "mpirun -n K ganflow train ... --ranks-per-replica K: K processes train one "
                 "replica, each some rows of every batch; K is a power of two")
      ->transform(whole(1, 1024))
      ->capture_default_str();
  app.add_option("--chunks", o.chunks,
                 "chunks of rows, a power of two, in which a batch is computed: bits depend on "
                 "them, and not on the ranks that have them [K of --ranks-per-replica K, else the "
                 "whole batch at once]")
      ->transform(whole(1, 1024));
  app.add_option("--fuse", o.fuse, "auto: one program per step; off: a node per operator")
      ->check(CLI::IsMember({"auto", "off"}))
      ->capture_default_str();
  app.add_option("--out", o.out, "run directory [runs/NAME-001, first free number]");
  app.add_flag(
      "--resume", o.resume,
      "[RUN] go on from the newest checkpoint of RUN, or of --out, with the flags the run was "
      "begun with; --steps, --threads, --device, --data that moved, --sample-every, "
      "--evaluate-every, --checkpoint-every, --keep-..., --stop-after and --io-grace may be "
      "others");
  app.add_option("--init", o.init,
                 "RUN[:step]: begin with the Variables of another run where name and shape fit");
  app.add_option("--checkpoint-every", o.checkpoint_every,
                 "critic updates between checkpoints, or time: 30s, 5m, 2h [ten in a run]");
  app.add_option("--keep-last", o.keep.last, "how many of the newest checkpoints stay")
      ->transform(whole(1, 1'000'000'000))
      ->capture_default_str();
  app.add_option("--keep-best", o.keep.best,
                 "keep the checkpoint with the least of a column, quality.kl or kl, or with the "
                 "most of it, quality.modes:max");
  app.add_option(
         "--stop-after", o.stop_after,
         "end the run after so many evaluations in a row in which the column of --keep-best "
         "got no better; a number can follow one: --set "
         "\"lr=plateau(1e-3:0.5,5:quality.kl)\" halves lr after 5 such evaluations")
      ->transform(whole(1, 1'000'000'000));
  app.add_option("--keep-every", o.keep.every,
                 "keep the first checkpoint at or after each multiple of this many critic updates")
      ->transform(whole(1, kMostSteps));
  app.add_option("--io-grace", o.io_grace,
                 "seconds that training waits for output that cannot be written")
      ->check(number(at_least(0)))
      ->capture_default_str();
  app.add_option("--sample-every", o.sample_every, "critic updates between sample grids")
      ->transform(whole(0, kMostSteps));
  app.add_option("--evaluate-every", o.evaluate_every, "critic updates between evaluations")
      ->transform(whole(0, kMostSteps));
  app.add_flag("--trace", o.trace, "write trace.json (Chrome, Perfetto) into the run directory");
  app.add_flag("--dot", o.dot, "write graph.dot (Graphviz) into the run directory");
  app.add_flag("--plan", o.plan, "print stages, kernels and memory, train nothing");
  app.add_flag("--options", o.list,
               "print the options of the graph, for --set, and its networks, train nothing");
}

CLI::App* add_use(CLI::App& app, UseOptions& o, const char* name, const char* text) {
  CLI::App* command = app.add_subcommand(name, text);
  command->add_option("run", o.run, "run directory")->required();
  command->add_option("--replica", o.replica, "which replica")->transform(whole(0, 9999));
  command->add_option("--step", o.step, "which checkpoint [the newest]")
      ->transform(whole(0, kMostSteps));
  return command;
}

CLI::App* add_sample(CLI::App& app, UseOptions& o) {
  CLI::App* command = add_use(app, o, "sample", "draw samples from a checkpoint of a run");
  command->add_option("-n,--count", o.count, "how many")
      ->transform(whole(1, 10'000'000))
      ->capture_default_str();
  command->add_option("--draw", o.draw, "which latents; 0 are those of the run's grids")
      ->transform(whole(0, 4294967295))
      ->capture_default_str();
  command->add_option("--data", o.data,
                      "where the run's data are now if they moved; read only by samples that are "
                      "made of them");
  command->add_option("--class", o.chosen_class, "one class only: its name or its number");
  command->add_option("--latents", o.latents,
                      "FILE with /latents (N, D) as sample writes it: samples of these");
  command->add_option("--images", o.images, "a folder: every sample also as a PNG of its own");
  command->add_option("--between", o.between,
                      "3,17: instead a path from sample 3 to sample 17 through the latents; 3,17,5 "
                      "goes on to 5");
  command->add_option("--frames", o.frames, "of each path of --between")
      ->transform(whole(2, 10'000))
      ->capture_default_str();
  command->add_flag("--gif", o.gif, "also OUT.gif: the samples one after another");
  command->add_flag("--npz", o.npz, "also OUT.npz for numpy: images or points, latents, labels");
  command->add_option("--out", o.out, "OUT.h5 and OUT.png [RUN/NAME_step_N_draw_D]");
  return command;
}

CLI::App* add_evaluate(CLI::App& app, UseOptions& o, QualityOptions& quality) {
  CLI::App* command = add_use(app, o, "evaluate", "measure a checkpoint of a run, or images");
  command->get_option("run")->required(false);
  command->add_option("--extractor", quality.extractor,
                      "FILE of export --extractor: measures by what it sees in the samples");
  command
      ->add_option(
          "--metric", quality.measures,
          "of these, joined by commas: " + fmt::format("{}", fmt::join(measure_names(), ", ")) +
              " [those of features that can be had]")
      ->delimiter(',');
  command->add_option("--images", quality.images,
                      "instead of a run: a folder of images, or a set as --data names it");
  command->add_option("--against", quality.against,
                      "set of real images as --data names it [images held out of the run's]");
  command->add_option("-n,--count", quality.count, "samples drawn for --extractor")
      ->transform(whole(10, 10'000'000))
      ->capture_default_str();
  command
      ->add_option(
          "--regularise", quality.regularise,
          "added to the diagonals of fid's covariances, if samples are fewer than features")
      ->check(number(at_least(0)))
      ->capture_default_str();
  command->add_option("--frames", quality.frames, "of a path, for the path_ metrics")
      ->transform(whole(2, 10'000))
      ->capture_default_str();
  command->add_option("--paths", quality.paths, "how many of them")
      ->transform(whole(1, 100'000))
      ->capture_default_str();
  command->add_option(
      "--data", o.data,
      "where the run's data are now if they moved; read only by metrics that compare with "
      "them");
  return command;
}

CLI::App* add_verify(CLI::App& app, UseOptions& o) {
  CLI::App* command = app.add_subcommand("verify", "look whether every file of a run is whole");
  command->add_option("run", o.run, "run directory")->required();
  return command;
}

CLI::App* add_export(CLI::App& app, ExportOptions& o) {
  CLI::App* command = app.add_subcommand("export", "write a run for other tools");
  command->add_option("run", o.run, "run directory")->required();
  command->add_option("--replica", o.replica, "which replica [all]")->transform(whole(0, 9999));
  command->add_option("--step", o.step, "which checkpoint [the newest]")
      ->transform(whole(0, kMostSteps));
  command->add_option("--out", o.out, "folder for replica_RRR.npz: weights [RUN/export]");
  command->add_flag("--onnx", o.onnx,
                    "also the generator, replica_RRR.onnx: samples (N,...) of latents and labels");
  command->add_flag("--gif", o.gif, "also the sample grids over time, replica_RRR_samples.gif");
  command->add_flag("--csv", o.csv, "also every table, and summary.csv: a line a replica");
  command->add_option("--extractor", o.extractor,
                      "FILE: instead the extractor of features that a run of graph 'classifier' "
                      "trained");
  return command;
}

CLI::App* add_report(CLI::App& app, report::ReportOptions& o) {
  CLI::App* command = app.add_subcommand(
      "report", "one HTML page of runs: what ran, tables, curves, samples; figures as SVG and PNG");
  command->add_option("runs", o.runs, "run directories; several are also compared")->required();
  command->add_option("--out", o.out, "folder for report.html and figures/ [RUN/report]");
  return command;
}

CLI::App* add_gpu_check(CLI::App& app, std::string& device) {
  CLI::App* command = app.add_subcommand(
      "gpu-check", "what to run first on a GPU: its results held against the CPU's, and timed");
  command->add_option("--device", device, "cuda or cuda:i [cuda]");
  return command;
}

CLI::App* add_bench(CLI::App& app, bench::Options& o) {
  CLI::App* command = app.add_subcommand(
      "bench", "microseconds a critic update: one thread, several, and the limit of the machine");
  command->add_option("case", o.cases,
                      "thesis-28, thesis-mnist, toy-8gaussians, dcgan, replicas, or any preset "
                      "[those five]");
  command
      ->add_option("--data", o.data,
                   "data set of the cases that need one: mnist:DIR, cifar10:DIR; may be given "
                   "several times")
      ->allow_extra_args(false);
  command->add_option("--set", o.set, "name=value: an option of the graphs")
      ->allow_extra_args(false);
  command->add_option("--threads", o.threads, "worker threads beside one, 0: one per core")
      ->transform(whole(0, 1024))
      ->capture_default_str();
  command->add_option("--pairs", o.pairs, "of runs, whose medians are given")
      ->transform(whole(1, 1000))
      ->capture_default_str();
  command->add_option("--seconds", o.seconds, "of each run, about")
      ->check(number(above(0)))
      ->capture_default_str();
  command
      ->add_option(
          "--peer", o.peers,
          "command of another program that times the same case, its last word microseconds: "
          "run as COMMAND CASE THREADS SECONDS beside every run of ours; may be given "
          "several times")
      ->allow_extra_args(false);
  command->add_flag("--json", o.json, "print JSON");
  return command;
}

CLI::App* add_completion(CLI::App& app, std::string& shell) {
  CLI::App* command =
      app.add_subcommand("completion", "print a script that completes commands and flags");
  command->add_option("shell", shell, "bash or zsh: source <(ganflow completion bash)")
      ->required()
      ->check(CLI::IsMember(completion_shells()));
  return command;
}

// The long names of what a command takes.
std::vector<std::string> flags_of(const CLI::App& command) {
  std::vector<std::string> flags;
  for (const CLI::Option* option : command.get_options())
    for (const std::string& name : option->get_lnames()) flags.push_back("--" + name);
  return flags;
}

// Commands and flags as they are declared here. What may stand first is a command, or a flag of an
// app file, whose run flags need no verb.
CompletionWords completion_words(const CLI::App& app) {
  CompletionWords words{.program = app.get_name(), .first = flags_of(app)};
  for (const CLI::App* command : app.get_subcommands({})) {
    words.first.push_back(command->get_name());
    words.commands[command->get_name()] = flags_of(*command);
  }
  if (app.get_option_no_throw("--steps")) words.otherwise = flags_of(app);
  words.commands["completion"] = completion_shells();
  words.values["--fuse"] = {"auto", "off"};
  return words;
}

// What the run keeps of its flags: all but where it lies and what only this start shall do.
std::map<std::string, std::vector<std::string>> kept_flags(const CLI::App& command) {
  std::map<std::string, std::vector<std::string>> kept;
  for (const CLI::Option* option : command.get_options()) {
    if (option->count() == 0 || option->get_lnames().empty()) continue;
    const std::string& name = option->get_lnames()[0];
    if (option->get_items_expected_max() == 0 || name == "out" || name == "config" ||
        name == "ranks-per-replica")
      continue;
    for (const std::string& value : option->results())
      kept[name == "measure" ? "set" : name].push_back(name == "measure" ? "measure=" + value
                                                                         : value);
  }
  return kept;
}

// Adds the verbs that use a run; what they fill in is `request`.
std::map<Verb, const CLI::App*> add_use_verbs(CLI::App& app, Request& request) {
  UseOptions& use = request.use;
  return {{Verb::completion, add_completion(app, request.shell)},
          {Verb::export_run, add_export(app, request.exporting)},
          {Verb::report, add_report(app, request.reporting)},
          {Verb::sample, add_sample(app, use)},
          {Verb::evaluate, add_evaluate(app, use, request.quality)},
          {Verb::verify, add_verify(app, use)}};
}

[[noreturn]] void refuse_extras(const CLI::App& app) {
  const CLI::App* command = &app;
  for (const CLI::App* chosen : app.get_subcommands()) command = chosen;
  const std::vector<std::string> extras = app.remaining(true), known = flags_of(*command);
  for (const std::string& word : extras) {
    if (!word.starts_with("--")) continue;
    const std::string flag = word.substr(0, word.find('='));
    fail(Fault::usage, "{}: no such flag{}{}", flag,
         command->get_option_no_throw("--set")
             ? fmt::format("; if it is an option of the graph, write --set {}=...", flag.substr(2))
             : "",
         suggestion(flag, known));
  }
  fail(Fault::usage, "'{}' is one word too many; see --help", fmt::join(extras, " "));
}

// Those with the flags of a run.
bool training_verb(const std::string& verb) {
  return verb == "train" || verb == "reproduce" || verb == "list";
}

// `training` is what takes the flags of a run.
std::variant<Request, int> parse(CLI::App& app, CLI::App& training, Request& request,
                                 const std::map<Verb, const CLI::App*>& verbs, int argc,
                                 char** argv) {
  MergedFlags merged;
  merged.arguments.assign(argv + 1, argv + argc);
  const bool in_app = &app == &training;
  const bool trains = in_app || (argc > 1 && training_verb(merged.arguments[0]));
  // Behind the verb; in an app of several graphs, which has none for training, it is the first.
  const std::size_t named = in_app ? 0 : 1;
  if (trains) merged = merge_flags(std::move(merged.arguments), flags_of(training), named);
  std::vector<std::string> words(merged.arguments.rbegin(), merged.arguments.rend());
  try {
    app.parse(words);  // CLI11 takes them from the back
  } catch (const CLI::ExtrasError&) {
    refuse_extras(app);
  } catch (const CLI::ParseError& error) {
    const std::string text = error.what();
    const auto from = merged.where.find(text.substr(0, text.find(':')));
    if (from != merged.where.end()) fail(Fault::usage, "{}: {}", from->second, text);
    return app.exit(error) == 0 ? 0 : static_cast<int>(Fault::usage);
  }
  for (const auto& [verb, command] : verbs)
    if (*command) request.verb = verb;
  if (request.verb == Verb::completion) request.completion = completion_words(app);
  if (request.verb == Verb::reproduce || request.verb == Verb::train) {
    const auto own = verbs.find(request.verb);
    request.run.flags = kept_flags(own == verbs.end() ? training : *own->second);
    if (request.graph.empty()) request.graph = merged.preset;
  }
  if (request.verb == Verb::train) {
    if (request.graph.empty() && merged.unread) std::rethrow_exception(merged.unread);
    if (request.graph.empty())
      fail(Fault::usage, "{}say what to train, see '{} list', or go on with a run, --resume RUN",
           in_app ? "" : "train: ", app.get_name());
  }
  return request;
}

}  // namespace

namespace {

CLI::App* add_list(CLI::App& app, Request& request, const std::string& text) {
  CLI::App* list = app.add_subcommand("list", text);
  list->add_option(
      "--graph", request.graph,
      "instead: the options of this preset or graph with defaults and ranges, its networks layer "
      "by layer; with --plan also its stages and memory");
  add_run_options(*list, request.run);
  return list;
}

void add_cells(CLI::App& command, RunOptions& o) {
  command
      .add_option("--cells", o.cells,
                  "of an experiment only these cells, joined by commas: by name, or all that begin "
                  "so")
      ->delimiter(',');
}

CLI::App* add_reproduce(CLI::App& app, Request& request) {
  CLI::App* command = app.add_subcommand(
      "reproduce", "run an experiment of the papers and print its table beside the published one");
  command->add_option("experiment", request.graph, "which one [list them with their cost]");
  add_cells(*command, request.run);
  add_run_options(*command, request.run);
  return command;
}

}  // namespace

std::variant<Request, int> parse_app(const std::string& name,
                                     const std::vector<std::string>& graphs, int argc,
                                     char** argv) {
  CLI::App app("trains " + fmt::format("{}", fmt::join(graphs, ", ")), name);
  app.set_version_flag("--version", name + " (ganflow " GANFLOW_VERSION ")");
  Request request;
  if (graphs.size() == 1)
    request.graph = graphs[0];
  else
    app.add_option("graph", request.graph, "which graph, see '" + name + " list'");
  add_run_options(app, request.run);
  std::map<Verb, const CLI::App*> verbs = add_use_verbs(app, request);
  verbs[Verb::list] =
      add_list(app, request,
               graphs.size() == 1 ? "the options of the graph and its networks layer by layer"
                                  : "graphs and data sets, one line each");
  return parse(app, app, request, verbs, argc, argv);
}

std::variant<Request, int> parse_command(int argc, char** argv) {
  CLI::App app("trains and measures generative adversarial networks", "ganflow");
  app.set_version_flag("--version", "ganflow " GANFLOW_VERSION);
  app.require_subcommand(1);
  Request request;
  CLI::App* training = app.add_subcommand("train", "train a preset or a graph");
  training->add_option("preset", request.graph, "preset, graph or experiment, see 'ganflow list'");
  add_cells(*training, request.run);
  add_run_options(*training, request.run);
  std::map<Verb, const CLI::App*> verbs = add_use_verbs(app, request);
  verbs[Verb::reproduce] = add_reproduce(app, request);
  verbs[Verb::list] =
      add_list(app, request, "presets, graphs, experiments and data sets, one line each");
  verbs[Verb::gpu_check] = add_gpu_check(app, request.checked_device);
  verbs[Verb::bench] = add_bench(app, request.bench);
  if (argc > 1 && argv[1][0] != '-') {
    std::vector<std::string> known;
    for (const CLI::App* command : app.get_subcommands({})) known.push_back(command->get_name());
    if (std::find(known.begin(), known.end(), argv[1]) == known.end())
      fail(Fault::usage, "'{}': no such command{}", argv[1], suggestion(argv[1], known));
  }
  return parse(app, *training, request, verbs, argc, argv);
}

}  // namespace ganflow::cli
