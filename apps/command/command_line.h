// From the words of a command line to what they ask for. CLI11 is seen by one file only.
#pragma once

#include <string>
#include <variant>

#include "apps/command/completion.h"
#include "apps/command/export_run.h"
#include "apps/command/options.h"
#include "apps/command/quality.h"
#include "apps/command/use_run.h"

namespace ganflow::cli {

enum class Verb { train, list, sample, evaluate, verify, export_run, completion, gpu_check };

struct Request {
  Verb verb = Verb::train;
  std::string graph;       // of train; of list: empty, or whose networks
  RunOptions run;          // of train and of such a list
  UseOptions use;          // of sample, evaluate and verify
  QualityOptions quality;  // of evaluate
  ExportOptions exporting;
  std::string checked_device = "cuda";  // of gpu_check
  std::string shell;                    // of completion
  CompletionWords completion;           // flags by command
};

// The request of the `ganflow` command, or of an app file that trains its own graph `name`: there
// the run flags stand without a verb. Flags of --config files count where the command line does not
// give them; a file that cannot be read throws Error(usage). Instead of a request: the exit code,
// once the help that was asked for or CLI11's sentence is printed.
std::variant<Request, int> parse_command(int argc, char** argv);
std::variant<Request, int> parse_app(const std::string& name, int argc, char** argv);

}  // namespace ganflow::cli
