// Every output operation made to fail, the state after each one replayed, output that is slow or
// stuck.
#include <signal.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "gates.h"
#include "io/disk/child.h"
#include "io/disk/durable.h"
#include "io/run/verify.h"
#include "trial.h"

namespace ganflow::faults {
namespace {

namespace fs = std::filesystem;

// Short, with every kind of file in it.
constexpr const char* kRun =
    "train toy-8gaussians --steps 60 --batch 16 --threads 1 --set generator=16 --set critic=16 "
    "--checkpoint-every 15 --evaluate-every 30 --sample-every 30 --seed 12";
// With more commits, of at least 50 operations each, so that there are `prefixes` of them.
std::string long_run(std::uint64_t prefixes) {
  const std::uint64_t steps = 15 * (prefixes / 50 + 3);
  return fmt::format(
      "train toy-8gaussians --steps {} --batch 16 --threads 1 --set generator=16 --set critic=16 "
      "--checkpoint-every 15 --evaluate-every {} --sample-every {} --seed 12",
      steps, steps / 2, steps / 2);
}

// Goes on with a run, undisturbed, to its end; empty if it ends as the reference does.
std::string finish(const Reference& reference, const std::string& run) {
  Process process(reference.flags(), run);
  const int status = process.wait();
  if (status != 0) return fmt::format("--resume ended with {}: {}", status, process.output());
  return reference.different(run);
}

// Does what was recorded, in another place.
class Replay {
 public:
  Replay(const std::string& log, std::string from, std::string to)
      : in_(log, std::ios::binary), from_(std::move(from)), to_(std::move(to)) {}

  // False at the end. `flushed` tells whether a flush returned rather than a file changed.
  bool step(bool& flushed) {
    LogRecord head;
    if (!in_.read(reinterpret_cast<char*>(&head), sizeof head)) return false;
    std::string path(head.path_bytes, '\0'), data(head.data_bytes, '\0');
    in_.read(path.data(), static_cast<std::streamsize>(path.size()));
    in_.read(data.data(), static_cast<std::streamsize>(data.size()));
    flushed = head.operation == Operation::flushed;
    if (!flushed) apply(head, moved(path), data);
    return true;
  }

 private:
  std::string moved(const std::string& path) const { return to_ + path.substr(from_.size()); }

  void apply(const LogRecord& head, const std::string& path, const std::string& data) {
    switch (head.operation) {
      case Operation::directory:
        fs::create_directory(path);
        break;
      case Operation::create:
        if (head.offset != 0 || !exists(path)) std::ofstream(path, std::ios::trunc);
        break;
      case Operation::write: {
        std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(static_cast<std::streamoff>(head.offset));
        file.write(data.data(), static_cast<std::streamsize>(data.size()));
        break;
      }
      case Operation::truncate:
        fs::resize_file(path, head.offset);
        break;
      case Operation::rename:
        fs::rename(path, moved(data));
        break;
      case Operation::unlink:
        fs::remove(path);
        break;
      case Operation::flushed:
        break;
    }
  }

  std::ifstream in_;
  std::string from_, to_;
};

}  // namespace

namespace {

constexpr std::uint64_t kResumeEvery = 100;  // prefixes

// Every prefix of what `flags` writes, `count` of them. Returns how many flushes are among them.
std::uint64_t prefixes_of(const std::string& flags, std::uint64_t count, const GateOptions& options,
                          GateResult& result) {
  const Reference reference(flags, options.fresh("whole"));
  const std::string run = options.fresh("recorded"), log = options.work + "/log",
                    copy = options.fresh(), resumed = options.work + "/resumed";
  fs::remove(log);
  const auto wrong = [&](const std::string& where, const std::string& what) {
    if (!what.empty()) result.wrong.push_back(fmt::format("{}: {}: {}", flags, where, what));
  };
  {
    Process process(flags, run, {.mode = "record", .log = log});
    if (const int status = process.wait(); status != 0)
      wrong("recording", fmt::format("ended with {}: {}", status, process.output()));
  }
  Replay replay(log, fs::canonical(run), copy);
  std::optional<Reference::Counts> seen;
  std::uint64_t flushes = 0, tried = 0;
  bool flushed = false;
  while (tried < count && replay.step(flushed)) {
    if (flushed && exists(copy + "/metrics.h5")) {
      ++flushes;
      // What a reader sees now may never be lost.
      const ChildOutcome rows = in_child(30, [&] {
        const auto counts = reference.live_rows(copy);
        return fmt::format("{}", fmt::join(counts.value_or(Reference::Counts{}), " "));
      });
      if (!rows.ok) wrong("after a flush", rows.text);
      std::istringstream numbers(rows.text);
      seen.emplace(std::istream_iterator<std::size_t>(numbers),
                   std::istream_iterator<std::size_t>());
    }
    if (flushed) continue;
    ++tried;
    const std::string where = fmt::format("after operation {}", tried);
    wrong(where, reference.wrong(copy, seen));
    if (tried % kResumeEvery != 0) continue;
    copy_tree(copy, resumed);
    wrong(where + ", resumed", finish(reference, resumed));
  }
  if (tried < count) wrong("the recording", fmt::format("has only {} operations", tried));
  result.tried += tried;
  return flushes;
}

}  // namespace

// A quarter of a training run, the rest of a script that flushes every 4 to 8 operations.
GateResult write_prefixes(const GateOptions& options) {
  GateResult result;
  const std::uint64_t trained = options.count / 4, scripted = options.count - trained;
  std::uint64_t flushes = prefixes_of(long_run(trained), trained, options, result);
  flushes +=
      prefixes_of(fmt::format("script {}", 150 + 3 * (scripted / 4)), scripted, options, result);
  result.note =
      fmt::format("{} flushes among them, resumed from every {}th", flushes, kResumeEvery);
  return result;
}

// The n-th operation fails once, then all from the n-th on, each with ENOSPC and EIO in turn: every
// n up to the count, and a fifth as many spread over the rest of the run.
GateResult failing_writes(const GateOptions& options) {
  GateResult result;
  const Reference reference(kRun, options.fresh("whole"));
  const std::uint64_t all = reference.operations();
  const std::uint64_t first = options.count == 0 ? all : std::min(options.count, all);
  const std::uint64_t more = first < all ? (first + 4) / 5 : 0, most = first + more;
  std::uint64_t absorbed = 0, refused = 0;
  const auto nth = [&](std::uint64_t i) {
    return i < first ? 1 + i : first + (i - first + 1) * (all - first) / more;
  };
  for (std::uint64_t i = 0; i < 2 * most; ++i) {
    const std::string mode = i < most ? "once" : "good";
    const std::uint64_t at = nth(i % most);
    const int error = i % 2 ? 5 : 28;
    const std::string run = options.fresh();
    const std::string grace = mode == "once" ? " --io-grace 20" : " --io-grace 0.1";
    int status = 0;
    std::string output;
    {
      Process process(kRun + grace, run, {.mode = mode, .at = at, .error = error});
      status = process.wait();
      output = process.output();
      if (process.state().failed == 0 && status != 0) output += " (nothing had failed)";
    }
    ++result.tried;
    std::string wrong;
    if (status == 0) {
      ++absorbed;
      wrong = reference.different(run);
    } else if (status != 5) {
      wrong = fmt::format("ended with {}: {}", status, output);
    } else {
      ++refused;
      wrong = reference.wrong(run);
      if (wrong.empty()) wrong = finish(reference, run);
    }
    if (!wrong.empty())
      result.wrong.push_back(fmt::format("operation {} fails {} with {}: {}", at,
                                         mode == "once" ? "once" : "for good", error, wrong));
  }
  // Parts of a file have room and others have none: once in the middle of every fourth page.
  const std::uint64_t size = fs::file_size(reference.run() + "/metrics.h5");
  for (std::uint64_t room = 4096 + 2048; room < size; room += options.count == 0 ? 4096 : 16384) {
    const std::string run = options.fresh();
    std::string wrong;
    {
      Process process(kRun + std::string(" --io-grace 0.1"), run,
                      {.mode = "room", .at = room, .error = 27, .only = "metrics.h5"});
      if (const int status = process.wait(); status != 5)
        wrong = fmt::format("ended with {}: {}", status, process.output());
    }
    ++result.tried;
    if (wrong.empty()) wrong = reference.wrong(run);
    if (wrong.empty() && exists(run + "/metrics.h5"))
      verify_run(run, [&](const FileVerdict& file) {
        if (file.kind == FileVerdict::Kind::damaged) wrong = file.file + ": " + file.text;
      });
    if (wrong.empty()) wrong = finish(reference, run);
    if (!wrong.empty()) result.wrong.push_back(fmt::format("room for {} bytes: {}", room, wrong));
  }
  // What is said goes to a full disk, too.
  {
    const std::string run = options.fresh();
    Process process(kRun, run, {.mode = "good", .at = 1, .of_log = true});
    const int status = process.wait();
    const std::string wrong = process.state().failed == 0 ? "nothing failed"
                              : status == 0               ? reference.different(run)
                                                          : fmt::format("ended with {}", status);
    if (!wrong.empty()) result.wrong.push_back("its log fails: " + wrong);
    ++result.tried;
  }
  result.note = fmt::format(
      "{} operations in the run; {} trials went on to the right end, {} "
      "stopped with exit 5 and were resumed to it",
      reference.operations(), absorbed, refused);
  return result;
}

GateResult slow_output(const GateOptions& options) {
  GateResult result;
  const Reference reference(kRun, options.fresh("whole"));
  {
    const std::string run = options.fresh();
    Process process(kRun, run, {.mode = "slow", .at = 3000});
    const int status = process.wait();
    if (status != 0) result.wrong.push_back(fmt::format("slow output: ended with {}", status));
    if (const std::string wrong = reference.different(run); !wrong.empty())
      result.wrong.push_back("slow output: " + wrong);
    ++result.tried;
  }
  // An operation that never returns: one signal cannot help, the second one ends it at once.
  const std::uint64_t tries = std::max<std::uint64_t>(options.count, 2) - 1;
  for (std::uint64_t i = 0; i < tries; ++i) {
    const std::uint64_t at = 40 + i * (reference.operations() - 40) / tries;
    const std::string run = options.fresh();
    int status = 0;
    {
      Process process(kRun, run, {.mode = "stuck", .at = at});
      for (int waited = 0; process.state().operations < at && waited < 5000; ++waited)
        ::usleep(2000);
      process.signal(SIGTERM);
      ::usleep(20000);
      process.signal(SIGTERM);
      status = process.wait(5);
    }
    std::string wrong = status == 128 + SIGTERM || status == 0
                            ? reference.wrong(run)
                            : fmt::format("two signals: ended with {}", status);
    if (wrong.empty()) wrong = finish(reference, run);
    if (!wrong.empty()) result.wrong.push_back(fmt::format("stuck at {}: {}", at, wrong));
    ++result.tried;
  }
  return result;
}

}  // namespace ganflow::faults
