#include "support/command.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>

#include "engine/error.h"
#include "io/run/resume.h"
#include "support/run_example.h"

namespace ganflow::test {

Outcome shell(const std::string& line) {
  FILE* pipe = popen((line + " 2>&1").c_str(), "r");
  Outcome outcome;
  std::array<char, 4096> buffer;
  for (std::size_t n; (n = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;)
    outcome.output.append(buffer.data(), n);
  const int status = pclose(pipe);
  outcome.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return outcome;
}

Outcome command(const std::string& arguments, const std::string& environment) {
  return shell(environment + " " GANFLOW_COMMAND " " + arguments);
}

Outcome program(const std::string& app, const std::string& arguments) {
  const std::string command = GANFLOW_COMMAND;
  return shell(command.substr(0, command.rfind('/') + 1) + app + " " + arguments);
}

pid_t start_command(const std::vector<std::string>& arguments, const std::string& log) {
  std::vector<char*> argv = {const_cast<char*>(GANFLOW_COMMAND)};
  for (const std::string& a : arguments) argv.push_back(const_cast<char*>(a.c_str()));
  argv.push_back(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    signal(SIGHUP, SIG_DFL);  // ignored by tests under nohup, it would be by the command, too
    const int fd = open(log.c_str(), O_CREAT | O_WRONLY | O_TRUNC, 0644);
    dup2(fd, STDOUT_FILENO);
    dup2(fd, STDERR_FILENO);
    execv(GANFLOW_COMMAND, argv.data());
    _exit(127);
  }
  return child;
}

namespace {

const ReplicaInfo& info_of(const RunIndex& index, int replica) {
  return index.info.replicas[static_cast<std::size_t>(replica)];
}

}  // namespace

Left left_by(const std::string& run, int replica) {
  const RunIndex index = read_run_index(run);
  Left left;
  for (const Table& table : info_of(index, replica).tables)
    if (!table.timing)
      left.tables[table.name] =
          rows_in(run + "/metrics.h5", replica_directory(replica) + "/" + table.name, table);
  Checkpoint checkpoint = load_checkpoint(run, replica);
  left.step = checkpoint.state.step;
  left.variables = std::move(checkpoint.state.variables);
  return left;
}

std::size_t row_count(const std::string& run, int replica, const std::string& name) {
  const RunIndex index = read_run_index(run);
  for (const Table& table : info_of(index, replica).tables)
    if (table.name == name)
      return table.count(
          rows_in(run + "/metrics.h5", replica_directory(replica) + "/" + name, table));
  fail(Fault::usage, "{} has no table '{}'", run, name);
}

}  // namespace ganflow::test
