#include "trial.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <iterator>
#include <sstream>
#include <stdexcept>

#include "io/disk/child.h"
#include "io/disk/durable.h"
#include "io/disk/sealed.h"
#include "io/run/resume.h"
#include "support/run_example.h"

namespace ganflow::faults {
namespace {

namespace fs = std::filesystem;
using test::file_bytes;

std::vector<std::string> words(const std::string& text) {
  std::istringstream in(text);
  return {std::istream_iterator<std::string>(in), {}};
}

void set(const char* name, const std::string& value) { ::setenv(name, value.c_str(), 1); }

// Rows that were never written end the table: their step is -1.
void strip_unwritten(std::vector<std::byte>& rows, const Table& table) {
  while (!rows.empty() && table.last_row(rows).step() == -1)
    rows.resize(rows.size() - table.row_bytes());
}

}  // namespace

Process::Process(const std::string& flags, const std::string& run, const Orders& orders)
    : log_(run + ".log"), state_path_(run + ".state") {
  const Descriptor file(::open(state_path_.c_str(), O_RDWR | O_CREAT | O_TRUNC, 0644));
  if (::ftruncate(file.fd(), sizeof(SharedState)) != 0) throw std::runtime_error("no state file");
  state_ = static_cast<SharedState*>(
      ::mmap(nullptr, sizeof(SharedState), PROT_READ | PROT_WRITE, MAP_SHARED, file.fd(), 0));
  std::vector<std::string> arguments = words(flags);
  const bool trains = flags.starts_with("train") || flags.starts_with("script");
  if (trains) arguments.push_back("--out");
  arguments.push_back(run);
  if (trains && exists(run + "/run.h5")) arguments.push_back("--resume");
  std::string program = flags.starts_with("script") ? "/proc/self/exe" : GANFLOW_COMMAND;
  std::vector<char*> argv{program.data()};
  for (std::string& a : arguments) argv.push_back(a.data());
  argv.push_back(nullptr);
  pid_ = ::fork();
  if (pid_ != 0) return;
  const int out = ::open(log_.c_str(), O_CREAT | O_WRONLY | O_TRUNC, 0644);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(out, STDERR_FILENO);
  set("LD_PRELOAD", GANFLOW_SHIM);
  set("GANFLOW_FAULT_DIR",
      (fs::canonical(fs::path(run).parent_path()) / fs::path(run).filename()).string() +
          (orders.of_log ? ".log" : "/"));
  set("GANFLOW_FAULT_ONLY", orders.only);
  set("GANFLOW_FAULT_STATE", state_path_);
  set("GANFLOW_FAULT_MODE", orders.mode);
  set("GANFLOW_FAULT_AT", std::to_string(orders.at));
  set("GANFLOW_FAULT_ERRNO", std::to_string(orders.error));
  set("GANFLOW_FAULT_LOG", orders.log);
  ::execv(argv[0], argv.data());
  ::_exit(127);
}

Process::~Process() {
  if (!status_) {
    signal(SIGKILL);
    wait();
  }
  ::munmap(state_, sizeof(SharedState));
  ::unlink(state_path_.c_str());
}

bool Process::ended() {
  if (status_) return true;
  int status = 0;
  if (::waitpid(pid_, &status, WNOHANG) != pid_) return false;
  status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return true;
}

int Process::wait(double seconds) {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::duration<double>(seconds);
  while (!ended()) {
    if (Clock::now() >= end) {
      signal(SIGKILL);
      int status = 0;
      ::waitpid(pid_, &status, 0);
      status_ = -1;
      break;
    }
    ::usleep(1000);
  }
  return *status_;
}

std::string Process::output() const {
  const Bytes bytes = file_bytes(log_);
  return {bytes.begin(), bytes.end()};
}

Reference::Reference(const std::string& flags, const std::string& run) : flags_(flags), run_(run) {
  Process process(
      flags_ + (flags_.find("--keep-last") == std::string::npos ? " --keep-last 1000000" : ""),
      run);
  if (process.wait() != 0) throw std::runtime_error("the undisturbed run: " + process.output());
  operations_ = process.state().operations;
  index_ = read_run_index(run);
  for (const ReplicaInfo& replica : index_.info.replicas) {
    const std::string name = replica_directory(replica.index);
    left_.push_back(test::left_by(run, replica.index));
    for (const Step step : steps_in(run + "/" + name + "/checkpoints")) {
      const std::string file = name + "/checkpoints/" + step_name(step) + ".h5";
      files_[file] = file_bytes(run + "/" + file);
    }
  }
  commits_ = steps_in(run + "/replica_000/checkpoints");
}

std::optional<Reference::Counts> Reference::live_rows(const std::string& run) const {
  if (!exists(run + "/metrics.h5")) return std::nullopt;
  Counts counts;
  for (const ReplicaInfo& replica : index_.info.replicas)
    for (const Table& table : replica.tables) {
      if (table.timing) continue;
      const std::string name = replica_directory(replica.index) + "/" + table.name;
      std::vector<std::byte> rows = test::rows_in(run + "/metrics.h5", name, table);
      strip_unwritten(rows, table);
      const std::vector<std::byte>& right =
          left_[static_cast<std::size_t>(replica.index)].tables.at(table.name);
      if (rows.size() > right.size() || std::memcmp(rows.data(), right.data(), rows.size()) != 0)
        fail(Fault::input, "table {}: a row of {} is not that of the undisturbed run", name,
             table.count(rows));
      counts.push_back(table.count(rows));
    }
  return counts;
}

// Every file that has its final name is whole, and equal to that of the undisturbed run.
void Reference::require_files(const std::string& run) const {
  for (const auto& entry : fs::recursive_directory_iterator(run)) {
    const std::string file = fs::relative(entry.path(), run).string();
    const std::string name = entry.path().filename().string();
    if (entry.is_directory() || name.starts_with(".") || !name.ends_with(".h5") ||
        name == "metrics.h5" || name == "timing.h5")
      continue;
    verify_seal(entry.path().string());
    const auto right = files_.find(file);
    if (right == files_.end()) continue;
    const Bytes found = file_bytes(entry.path().string());
    const auto [a, b] =
        std::mismatch(right->second.begin(), right->second.end(), found.begin(), found.end());
    if (a != right->second.end() || b != found.end())
      fail(Fault::input, "{} is not that of the undisturbed run: other bytes from {} on, {} for {}",
           file, a - right->second.begin(), found.size(), right->second.size());
  }
}

std::string Reference::wrong(const std::string& run, const std::optional<Counts>& seen) const {
  const ChildOutcome outcome = in_child(30, [&] {
    if (!exists(run)) return seen ? "the run directory is gone" : "";
    const std::optional<Counts> found = live_rows(run);
    if (seen && !found) return "metrics.h5 is gone";
    if (seen)
      for (std::size_t t = 0; t < seen->size(); ++t)
        if ((*found)[t] < (*seen)[t]) return "rows that a reader saw are lost";
    if (exists(run + "/run.h5")) read_run_index(run);
    require_files(run);
    return "";
  });
  return outcome.ok ? outcome.text : outcome.text + " (in " + run + ")";
}

std::string Reference::different_end(const std::string& run, bool rows_too) const {
  const ChildOutcome outcome = in_child(30, [&]() -> std::string {
    for (std::size_t r = 0; r < left_.size(); ++r) {
      const test::Left found = test::left_by(run, static_cast<int>(r));
      if (found.step != left_[r].step)
        return fmt::format("replica {} ended at step {}, not {}", r, found.step, left_[r].step);
      if (found.variables != left_[r].variables)
        return fmt::format("replica {} ended with other Variables", r);
      for (const auto& [name, rows] : left_[r].tables)
        if (rows_too && found.tables.at(name) != rows)
          return fmt::format("replica {} has other rows in table {}", r, name);
    }
    return "";
  });
  return outcome.text;
}

std::string Reference::different(const std::string& run) const {
  const std::string end = different_end(run);
  return end.empty() ? wrong(run) : end;
}

void copy_tree(const std::string& from, const std::string& to) {
  fs::remove_all(to);
  fs::copy(from, to, fs::copy_options::recursive);
}

}  // namespace ganflow::faults
