// From the words of a command line to what they ask for. CLI11 is seen by one file only.
#pragma once

#include <string>
#include <variant>

#include "apps/bench/bench.h"
#include "apps/command/completion.h"
#include "apps/command/export_run.h"
#include "apps/command/options.h"
#include "apps/command/quality.h"
#include "apps/command/use_run.h"
#include "apps/report/report.h"

namespace ganflow::cli {

enum class Verb {
  train,
  reproduce,
  list,
  sample,
  evaluate,
  verify,
  export_run,
  report,
  completion,
  gpu_check,
  bench
};

struct Request {
  Verb verb = Verb::train;
  std::string graph;       // of train and reproduce; of list: empty, or whose networks
  RunOptions run;          // of train and of such a list
  UseOptions use;          // of sample, evaluate and verify
  QualityOptions quality;  // of evaluate
  ExportOptions exporting;
  report::ReportOptions reporting;
  std::string checked_device = "cuda";  // of gpu_check
  bench::Options bench;
  std::string shell;           // of completion
  CompletionWords completion;  // flags by command
};

// The request of the `ganflow` command, or of an app `name` that trains graphs of its own: there
// the run flags stand without a verb, behind the graph's name if there are several. Flags of
// --config files count where the command line does not give them; a file that cannot be read throws
// Error(usage). Instead of a request: the exit code, once the help that was asked for or CLI11's
// sentence is printed.
std::variant<Request, int> parse_command(int argc, char** argv);
std::variant<Request, int> parse_app(const std::string& name,
                                     const std::vector<std::string>& graphs, int argc, char** argv);

}  // namespace ganflow::cli
