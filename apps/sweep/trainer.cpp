#include "apps/sweep/trainer.h"

#include <unistd.h>
#include <zlib.h>

#include <atomic>
#include <cstdio>
#include <exception>
#include <functional>
#include <optional>
#include <span>
#include <thread>
#include <vector>

#include "apps/command/explain.h"
#include "apps/command/init.h"
#include "apps/command/prepare.h"
#include "apps/command/resume_checks.h"
#include "apps/command/say.h"
#include "apps/command/signals.h"
#include "apps/sweep/messages.h"
#include "apps/sweep/parts.h"
#include "engine/run/runner.h"
#include "io/disk/durable.h"

namespace ganflow::sweep {
namespace {

constexpr int kWait = 20;  // milliseconds between two looks at what else wants to be known

std::string host_name() {
  char name[256] = "";
  ::gethostname(name, sizeof name - 1);
  return name;
}

// What must be the same on every rank. Threads and instruction sets may differ.
std::uint32_t agreement(RunInfo info) {
  info.threads = 0;
  info.instructions.clear();
  const std::string text = run_info_text(info);
  return static_cast<std::uint32_t>(
      ::crc32_z(0, reinterpret_cast<const Bytef*>(text.data()), text.size()));
}

class Shift {  // a trainer at work
 public:
  Shift(const cli::Training& training, const cli::RunOptions& options, const Launch& launch,
        Channel& desk)
      : options_(options), launch_(launch), desk_(desk), ready_(cli::lowered(training, options)) {
    if (!options.init.empty() && !options.resume) begin_from_init();
    described_ = cli::described(training, options, ready_);
  }

  void work() {
    const RunInfo& info = described_.info;
    std::fflush(stdout);
    say_to_desk(Ready{.host = host_name(),
                      .pid = ::getpid(),
                      .same = agreement(info),
                      .instructions = info.instructions,
                      .info = launch_.rank == 0 ? run_info_text(info) : std::string(),
                      .steps = ready_.steps});
    while (!stop_ && run_.empty()) listen();
    if (launch_.rank == 0 && options_.dot && !stop_) {
      const std::string dot = ready_.graphs[0].dot();
      write_durably(run_ + "/graph.dot", std::as_bytes(std::span(dot)));
    }
    while (!stop_) {
      taken_.reset();
      say_to_desk(Want{ready_.threads});
      while (!taken_ && !told_ && !desk_.ended()) listen();
      if (!taken_ || taken_->empty()) return;
      train(*taken_);
    }
  }

 private:
  template <class Word>
  void say_to_desk(const Word& word) {
    desk_.send(written<FromTrainer>(word));
  }

  // Takes what the desk and signals say. Waits kWait at most.
  void listen() {
    if (const auto bytes = desk_.receive(kWait))
      std::visit([&](const auto& word) { hear(word); }, read<ToTrainer>(*bytes));
    if (desk_.ended()) stop_ = true;  // whoever reports for this process is gone
    if (signals_.flag() && !stop_.exchange(true)) say_to_desk(Interrupted{});
    if (asked_ != signals_.commits_wanted()) {
      asked_ = signals_.commits_wanted();
      ++commits_;
    }
  }
  void hear(const Begin& begin) { run_ = begin.run; }
  void hear(const Take& take) { taken_ = take.replicas; }
  void hear(const Stop&) { stop_ = told_ = true; }
  void hear(const Commit&) { ++commits_; }

  void begin_from_init() {
    if (std::exchange(begun_, true)) return;
    cli::say(stderr, "{}\n", cli::begin_from(options_.init, ready_.replicas));
  }

  RunInfo info_of(int replica) const {
    RunInfo one = described_.info;
    one.replicas = {described_.info.replicas.at(static_cast<std::size_t>(replica))};
    return one;
  }

  void train(const std::vector<int>& replicas) {
    Parts parts;
    std::vector<LoweredReplica> lowered;
    std::vector<std::optional<Restored>> restored;
    Grace grace = cli::grace_of(options_, stop_);
    grace.say = [this](const std::string& text) { say_to_desk(Say{text}); };
    for (const int replica : replicas) {
      const RunInfo info = info_of(replica);
      ResumeState state = load_part(run_, info);
      for (const std::string& message : state.messages) say_to_desk(Say{message});
      restored.push_back(state.restored.at(0));
      if (!restored.back() && !options_.init.empty()) begin_from_init();
      lowered.push_back(ready_.replicas[static_cast<std::size_t>(replica)]);
      parts.add(std::move(state), info, {.keep = options_.keep, .grace = grace, .part = true});
    }
    RunnerOptions run = described_.run;
    run.commits_wanted = &commits_;
    run.numbers = replicas;
    if (options_.trace) run.trace = run_ + "/" + replica_directory(replicas[0]) + "/trace.json";
    RunResult result;
    beside([&] {
      {
        Runner runner(std::move(lowered), run, parts, std::move(restored));
        result = runner.run(stop_, [&](const Progress& progress) {
          News news{progress};
          news.progress.replica = replicas[static_cast<std::size_t>(progress.replica)];
          say_to_desk(news);
        });
      }
      parts.close();
    });
    for (std::size_t r = 0; r < replicas.size(); ++r)
      say_to_desk(Done{replicas[r], result.replicas[r]});
  }

  // In a thread of its own, while this one listens.
  void beside(const std::function<void()>& body) {
    std::atomic<bool> done{false};
    std::exception_ptr thrown;
    std::jthread thread([&] {  // joins, whatever happens here
      try {
        body();
      } catch (...) {
        thrown = std::current_exception();
      }
      done = true;
      desk_.wake();
    });
    while (!done) listen();
    thread.join();
    if (thrown) std::rethrow_exception(thrown);
  }

  const cli::RunOptions& options_;
  const Launch& launch_;
  Channel& desk_;
  cli::Prepared ready_;
  cli::Described described_;
  const cli::StopOnSignal signals_{false};
  std::atomic<bool> stop_{false};
  std::atomic<int> commits_{0};
  int asked_ = 0;
  bool begun_ = false;
  bool told_ = false;  // to stop, by the desk: nothing more is dealt
  std::string run_;
  std::optional<std::vector<int>> taken_;
};

}  // namespace

int trainer(const cli::Training& training, const cli::RunOptions& options, const Launch& launch,
            Channel& desk) {
  cli::silent = launch.rank != 0;
  try {
    Shift(training, options, launch, desk).work();
    return 0;
  } catch (...) {
    const cli::Explained why = cli::explained(std::current_exception());
    desk.send(written<FromTrainer>(Failed{why.exit_code, why.sentence}));
    return why.exit_code;
  }
}

}  // namespace ganflow::sweep
