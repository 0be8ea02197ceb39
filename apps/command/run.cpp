#include "apps/command/run.h"

#include <fmt/format.h>

#include <exception>
#include <functional>

#include "apps/bench/bench.h"
#include "apps/command/command_line.h"
#include "apps/command/explain.h"
#include "apps/command/gpu_check.h"
#include "apps/command/list_graph.h"
#include "apps/command/reproduce.h"
#include "apps/command/say.h"
#include "apps/command/standard_descriptors.h"
#include "apps/command/train.h"
#include "apps/command/verify.h"
#include "engine/error.h"
#include "engine/suggest.h"
#include "engine/tensor/memory.h"
#include "graphs/experiments.h"
#include "graphs/parts/dataset.h"
#include "io/data/parallel.h"

namespace ganflow {

using namespace cli;

namespace {

constexpr std::size_t kLeastMemory = 64 << 20;  // whatever is done

// Runs `action` and turns whatever is thrown into one sentence and an exit code.
int guarded(const std::string& name, const std::function<int()>& action) {
  hold_standard_descriptors();
  try {
    return action();
  } catch (...) {
    const Explained why = explained(std::current_exception());
    say(stderr, "{}: {}\n", name, why.sentence);
    return why.exit_code;
  }
}

std::vector<NamedGraph> everything() {
  std::vector<NamedGraph> all = presets();
  const std::vector<NamedGraph> ready = graphs();
  all.insert(all.end(), ready.begin(), ready.end());
  return all;
}

// `kind`: "graph".
FindGraph among(const std::vector<NamedGraph>& graphs, const std::string& kind) {
  return [=](const std::string& name) {
    std::vector<std::pair<std::string, Compose>> known;
    for (const NamedGraph& graph : graphs) known.emplace_back(graph.name, graph.compose);
    return choose("'" + name + "'", kind, name, known);
  };
}

template <class List>
std::vector<std::string> names_of(const List& list) {
  std::vector<std::string> names;
  for (const auto& item : list) names.push_back(item.name);
  return names;
}

// The script of a shell; `graphs` may be trained by name.
int print_completion(const Request& request, const std::vector<std::string>& graphs) {
  CompletionWords words = request.completion;
  if (!graphs.empty()) {
    const auto train = words.commands.find("train");
    std::vector<std::string>& named = train == words.commands.end() ? words.first : train->second;
    named.insert(named.end(), graphs.begin(), graphs.end());
    words.values["--graph"] = graphs;
  }
  words.values["--data"] = names_of(data_sets());
  say("{}", completion_script(request.shell, words));
  return 0;
}

template <class List>
void print_section(const char* title, const List& list) {
  say("{}\n", title);
  for (const auto& item : list) say("  {:<22} {}\n", item.name, item.description);
}

// What can be named: presets, graphs and experiments.
struct Known {
  std::vector<NamedGraph> presets, graphs;
  FindGraph find;
  std::vector<Experiment> experiments = {};
};

int list_all(const Known& known) {
  if (!known.presets.empty()) print_section("presets", known.presets);
  print_section("graphs", known.graphs);
  if (!known.experiments.empty())
    say("experiments (reproduce)\n{}", list_experiments(known.experiments, known.find));
  print_section("data sets (--data)", data_sets());
  return 0;
}

int evaluate(const Request& request, const FindGraph& find) {
  const QualityOptions& quality = request.quality;
  if (request.use.run.empty() == quality.images.empty())
    fail(Fault::usage, "evaluate takes the directory of a run or --images, one of them");
  if (!quality.images.empty()) return measure_images(quality);
  if (!quality.extractor.empty() || !quality.measures.empty())
    return measure_run(request.use, quality, find);
  return evaluate_run(request.use, find);
}

int export_any(const ExportOptions& o, const FindGraph& find) {
  if (o.extractor.empty()) return export_run(o, find);
  return export_extractor(o.run, o.replica.value_or(0), o.step, o.extractor);
}

// In an app of one graph it goes without saying.
std::vector<std::string> names_to_say(const Known& known) {
  std::vector<std::string> names = names_of(known.presets);
  for (const NamedGraph& graph : known.graphs) names.push_back(graph.name);
  if (names.size() == 1) names.clear();
  return names;
}

// A graph, or an experiment, as which its run is gone on with by either verb.
int train_named(const Request& request, const Known& known) {
  std::vector<std::pair<std::string, const Experiment*>> named;
  for (const Experiment& e : known.experiments) {
    if (e.name == request.graph) return reproduce(e, request.run, known.find);
    named.emplace_back(e.name, &e);
  }
  if (request.verb == Verb::reproduce) {
    if (!request.graph.empty())
      choose("'" + request.graph + "'", "experiment", request.graph, named);
    say("{}", list_experiments(known.experiments, known.find));
    return 0;
  }
  if (request.run.list) return list_graph(request.graph, known.find(request.graph), request.run);
  return train(
      {.name = request.graph, .members = members(request.run, request.graph), .find = known.find},
      request.run);
}

int perform(const std::variant<Request, int>& parsed, const Known& known) {
  if (const int* code = std::get_if<int>(&parsed)) return *code;
  const Request& request = std::get<Request>(parsed);
  const FindGraph& find = known.find;
  set_reading_threads(request.run.threads);
  require_memory(kLeastMemory);
  switch (request.verb) {
    case Verb::list:
      return request.graph.empty() ? list_all(known)
                                   : list_graph(request.graph, find(request.graph), request.run);
    case Verb::sample:
      return sample_run(request.use, find);
    case Verb::evaluate:
      return evaluate(request, find);
    case Verb::export_run:
      return export_any(request.exporting, find);
    case Verb::report:
      return report::write_report(request.reporting, known.experiments);
    case Verb::completion:
      return print_completion(request, names_to_say(known));
    case Verb::verify:
      return verify_command(request.use.run);
    case Verb::gpu_check:
      return gpu_check(request.checked_device, find);
    case Verb::bench:
      return bench::run(request.bench, find);
    case Verb::reproduce:
    case Verb::train:
      break;
  }
  return train_named(request, known);
}

}  // namespace

int run(const std::string& name, const std::vector<NamedGraph>& graphs, int argc, char** argv) {
  return guarded(name, [&] {
    if (graphs.empty()) fail(Fault::usage, "it has no graph; give run() at least one");
    return perform(parse_app(name, names_of(graphs), argc, argv),
                   {{}, graphs, among(graphs, "graph")});
  });
}

int run(const std::string& name, const Compose& compose, int argc, char** argv) {
  return run(name, {{name, {}, compose}}, argc, argv);
}

int run_command(int argc, char** argv) {
  return guarded("ganflow", [&] {
    return perform(parse_command(argc, argv),
                   {presets(), graphs(), among(everything(), "preset or graph"), experiments()});
  });
}

}  // namespace ganflow
