#include "apps/command/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "apps/command/options.h"
#include "apps/command/train.h"
#include "apps/command/use_run.h"
#include "engine/error.h"
#include "engine/suggest.h"
#include "graphs/dataset.h"

namespace ganflow {
namespace {

// Parses, runs `action`, and turns whatever is thrown into one sentence and an exit code.
int guarded(CLI::App& app, int argc, char** argv, const std::function<int()>& action) {
  try {
    std::vector<std::string> arguments = with_config(argc, argv);
    std::reverse(arguments.begin(), arguments.end());  // CLI11 takes them from the back
    app.parse(arguments);
    return action();
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    return code == 0 ? 0 : static_cast<int>(Fault::usage);
  } catch (const Error& error) {
    fmt::print(stderr, "{}: {}\n", app.get_name(), error.what());
    return error.exit_code();
  } catch (const std::bad_alloc&) {
    fmt::print(stderr, "{}: not enough memory for this graph; lower --batch or --replicas\n",
               app.get_name());
    return static_cast<int>(Fault::usage);
  }
}

std::vector<NamedGraph> everything() {
  std::vector<NamedGraph> all = presets();
  const std::vector<NamedGraph> ready = graphs();
  all.insert(all.end(), ready.begin(), ready.end());
  return all;
}

Compose find_graph(const std::string& name) {
  std::vector<std::string> known;
  for (const NamedGraph& graph : everything()) {
    if (graph.name == name) return graph.compose;
    known.push_back(graph.name);
  }
  fail(Fault::usage, "no preset or graph is called '{}'{}", name, suggestion(name, known));
}

template <class List>
void print_section(const char* title, const List& list) {
  fmt::print("{}\n", title);
  for (const auto& item : list) fmt::print("  {:<22} {}\n", item.name, item.description);
}

int list_everything() {
  print_section("presets", presets());
  print_section("graphs", graphs());
  print_section("data sets (--data)", data_sets());
  return 0;
}

}  // namespace

int run(const std::string& name, const Compose& compose, int argc, char** argv) {
  CLI::App app("trains " + name, name);
  RunOptions options;
  add_run_options(app, options);
  UseOptions use;
  CLI::App* sample = add_sample(app, use);
  CLI::App* evaluate = add_evaluate(app, use);
  const auto mine = [&](const std::string&) { return compose; };
  return guarded(app, argc, argv, [&] {
    if (*sample) return sample_run(use, mine);
    if (*evaluate) return evaluate_run(use, mine);
    return train(name, compose, options);
  });
}

int run_command(int argc, char** argv) {
  CLI::App app("trains and measures generative adversarial networks", "ganflow");
  app.require_subcommand(1);
  RunOptions options;
  std::string graph;
  CLI::App* training = app.add_subcommand("train", "train a preset or a graph");
  training->add_option("preset", graph, "preset or graph, see 'ganflow list'")->required();
  add_run_options(*training, options);
  const CLI::App* list = app.add_subcommand("list", "presets, graphs and data sets, one line each");
  UseOptions use;
  CLI::App* sample = add_sample(app, use);
  CLI::App* evaluate = add_evaluate(app, use);
  return guarded(app, argc, argv, [&] {
    if (*list) return list_everything();
    if (*sample) return sample_run(use, find_graph);
    if (*evaluate) return evaluate_run(use, find_graph);
    return train(graph, find_graph(graph), options);
  });
}

}  // namespace ganflow
