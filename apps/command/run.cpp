#include "apps/command/run.h"

#include <fmt/format.h>

#include <functional>
#include <system_error>

#include "apps/command/command_line.h"
#include "apps/command/gpu_check.h"
#include "apps/command/list_graph.h"
#include "apps/command/say.h"
#include "apps/command/standard_descriptors.h"
#include "apps/command/train.h"
#include "apps/command/verify.h"
#include "engine/error.h"
#include "engine/suggest.h"
#include "graphs/parts/dataset.h"
#include "io/data/parallel.h"

namespace ganflow {

using namespace cli;

namespace {

// Runs `action` and turns whatever is thrown into one sentence and an exit code.
int guarded(const std::string& name, const std::function<int()>& action) {
  hold_standard_descriptors();
  try {
    return action();
  } catch (const Error& error) {
    say(stderr, "{}: {}\n", name, shown(error.what()));
    return error.exit_code();
  } catch (const std::bad_alloc&) {
    say(stderr, "{}: not enough memory for this graph; lower --batch or --replicas\n", name);
    return static_cast<int>(Fault::usage);
  } catch (const std::system_error& error) {
    const bool threads = error.code() == std::errc::resource_unavailable_try_again;
    say(stderr, "{}: {}{}\n", name, shown(error.what()),
        threads ? ": no more threads can be made; raise ulimit -u, or take fewer, --threads 1"
                : "");
    return static_cast<int>(Fault::usage);
  } catch (const std::exception& error) {  // of a library, in its own words
    say(stderr, "{}: {}\n", name, shown(error.what()));
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
  std::vector<std::pair<std::string, Compose>> known;
  for (const NamedGraph& graph : everything()) known.emplace_back(graph.name, graph.compose);
  return choose("'" + name + "'", "preset or graph", name, known);
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
    std::vector<std::string>& train = words.commands["train"];
    train.insert(train.end(), graphs.begin(), graphs.end());
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

int list_everything() {
  print_section("presets", presets());
  print_section("graphs", graphs());
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

int export_any(const ExportOptions& o) {
  if (o.extractor.empty()) return export_run(o);
  return export_extractor(o.run, o.replica.value_or(0), o.step, o.extractor);
}

// `graphs` are those that can be named; none in an app file, which has its own.
int perform(const std::variant<Request, int>& parsed, const FindGraph& find,
            const std::vector<std::string>& graphs) {
  if (const int* code = std::get_if<int>(&parsed)) return *code;
  const Request& request = std::get<Request>(parsed);
  set_reading_threads(request.run.threads);
  switch (request.verb) {
    case Verb::list:
      return request.graph.empty() ? list_everything()
                                   : list_graph(request.graph, find(request.graph), request.run);
    case Verb::sample:
      return sample_run(request.use, find);
    case Verb::evaluate:
      return evaluate(request, find);
    case Verb::export_run:
      return export_any(request.exporting);
    case Verb::completion:
      return print_completion(request, graphs);
    case Verb::verify:
      return verify_command(request.use.run);
    case Verb::gpu_check:
      return gpu_check(request.checked_device, find);
    case Verb::train:
      break;
  }
  return train(request.graph, find(request.graph), request.run);
}

}  // namespace

int run(const std::string& name, const Compose& compose, int argc, char** argv) {
  return guarded(name, [&] {
    return perform(parse_app(name, argc, argv), [&](const std::string&) { return compose; }, {});
  });
}

int run_command(int argc, char** argv) {
  return guarded("ganflow", [&] {
    return perform(parse_command(argc, argv), find_graph, names_of(everything()));
  });
}

}  // namespace ganflow
