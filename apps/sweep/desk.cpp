#include "apps/sweep/desk.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <future>

#include "apps/command/conclude.h"
#include "apps/command/resume_checks.h"
#include "apps/command/say.h"
#include "engine/error.h"
#include "engine/ranks/channel.h"

namespace ganflow::sweep {
namespace {

using cli::say;

// "replica 3", "replicas 3, 4"
std::string named(const std::vector<int>& replicas) {
  return fmt::format("replica{} {}", replicas.size() == 1 ? "" : "s", fmt::join(replicas, ", "));
}

}  // namespace

Desk::Desk(const cli::Training& training, const cli::RunOptions& options, Crew& crew,
           const cli::StopOnSignal& signals)
    : training_(training),
      options_(options),
      crew_(crew),
      signals_(signals),
      ranks_(static_cast<std::size_t>(crew.size())),
      ledger_(static_cast<int>(training.members.size()), crew.size()),
      view_(training.name, static_cast<int>(training.members.size())),
      start_(std::chrono::steady_clock::now()) {
  result_.replicas.resize(training.members.size());
}

int Desk::run() {
  try {
    serve();
  } catch (...) {
    stop();
    while (crew_.any())
      if (const auto event = crew_.next(); !event) continue;
    throw;
  }
  if (!run_) return exit_code_;  // no rank got as far; why was said
  result_.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  result_.stopped = result_.stopped || stopping_;
  if (whole_) aside([&] { run_->close(); });
  cli::conclude(training_, options_, result_, view_, run_->path());
  say_what_is_left();
  remember(cli::exit_code(result_));
  return exit_code_;
}

void Desk::serve() {
  while (crew_.any()) {
    if (const auto event = crew_.next()) {
      if (event->kind == Crew::Event::Kind::word)
        std::visit([&](const auto& word) { hear(event->rank, word); }, event->word);
      else
        ended(*event);
    }
    if (signals_.flag()) stop();
    if (commits_ != signals_.commits_wanted()) {
      commits_ = signals_.commits_wanted();
      crew_.send_all(Commit{});
    }
  }
}

void Desk::aside(const std::function<void()>& body) {
  std::future<void> done = std::async(std::launch::async, body);
  while (done.wait_for(std::chrono::seconds(0)) != std::future_status::ready) crew_.listen();
  done.get();
}

std::string Desk::name_of(int rank) const {
  const std::optional<Ready>& ready = ranks_[static_cast<std::size_t>(rank)].ready;
  if (!ready) return fmt::format("rank {}", rank);
  return fmt::format("rank {} (pid {} on host {})", rank, ready->pid, ready->host);
}

void Desk::hear(int rank, const Ready& ready) {
  ranks_[static_cast<std::size_t>(rank)].ready = ready;
  if (rank == 0) {
    open(ready);
    for (int r = 0; r < crew_.size(); ++r) begin(r);
  } else if (run_) {
    begin(rank);
  }
}

void Desk::open(const Ready& first) {
  if (stopping_) return;
  RunInfo info = run_info_from(first.info);
  const Grace grace = cli::grace_of(options_, signals_.flag());
  aside([&] {
    if (options_.resume) {
      ResumeState state = cli::state_to_resume(options_, info, first.steps);
      run_ = std::make_unique<SharedRun>(std::move(state), std::move(info), grace);
    } else {
      const std::string path =
          options_.out.empty() ? cli::free_directory(training_.name) : options_.out;
      run_ = std::make_unique<SharedRun>(path, std::move(info), grace);
    }
  });
}

void Desk::begin(int rank) {
  Rank& own = ranks_[static_cast<std::size_t>(rank)];
  if (!run_ || !own.ready || own.begun || stopping_) return;
  const Ready &first = *ranks_[0].ready, &ready = *own.ready;
  if (ready.same != first.same)
    fail(Fault::usage,
         "{} has other programs, options or data than rank 0 on host {}: all ranks of a run need "
         "the same build and the same data",
         name_of(rank), first.host);
  if (ready.instructions != first.instructions)
    say(stderr,
        "{} computes with {}, rank 0 with {}: the bits of a replica are those of the machine that "
        "takes it\n",
        name_of(rank), ready.instructions, first.instructions);
  own.begun = true;
  crew_.send(rank, Begin{std::filesystem::absolute(run_->path()).lexically_normal().string()});
}

void Desk::hear(int rank, const Want& want) { deal(rank, want.most); }

void Desk::deal(int rank, int most) { crew_.send(rank, Take{ledger_.take(rank, most)}); }

void Desk::hear(int, const News& news) {
  Progress progress = news.progress;
  progress.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  view_.update(progress);
}

void Desk::hear(int rank, const Done& done) {
  ledger_.done(rank, done.replica);
  result_.replicas.at(static_cast<std::size_t>(done.replica)) = done.result;
}

void Desk::hear(int rank, const Say& words) {
  say(stderr, "\n{}: {}\n", name_of(rank), words.text);
}

void Desk::hear(int rank, const Failed& failed) {
  ranks_[static_cast<std::size_t>(rank)].failed = true;
  remember(failed.exit_code);
  if (!said_.insert(failed.sentence).second) return;
  // Before the run is open it is the command line that is wrong, on every rank.
  if (run_)
    say(stderr, "\n{} ends: {}\n", name_of(rank), failed.sentence);
  else
    say(stderr, "ganflow: {}\n", failed.sentence);
}

void Desk::hear(int, const Interrupted&) { stop(); }

void Desk::ended(const Crew::Event& event) {
  const int rank = event.rank;
  Rank& own = ranks_[static_cast<std::size_t>(rank)];
  ledger_.leaves(rank);
  const std::vector<int> held = ledger_.held_by(rank);
  const bool well = event.kind == Crew::Event::Kind::ended && event.wait_status == 0;
  if (!well || !held.empty()) whole_ = false;
  if (!well && !own.failed) {
    remember(static_cast<int>(Fault::replica));
    say(stderr, "\n{} {}{}\n", name_of(rank),
        event.kind == Crew::Event::Kind::lost
            ? fmt::format("has said nothing for {} s and is taken for lost", kSilence)
            : ending(event.wait_status),
        held.empty() ? std::string() : fmt::format(" while it trained {}", named(held)));
  }
  // Without the first nobody knows what the run is.
  if (rank == 0 && !run_) stop();
}

void Desk::stop() {
  if (std::exchange(stopping_, true)) return;
  ledger_.close();
  crew_.send_all(Stop{});
}

void Desk::say_what_is_left() {
  std::vector<int> cut;
  for (int rank = 0; rank < crew_.size(); ++rank) {
    const std::vector<int> held = ledger_.held_by(rank);
    cut.insert(cut.end(), held.begin(), held.end());
  }
  std::sort(cut.begin(), cut.end());
  const std::vector<int> never = ledger_.never_taken();
  if (!cut.empty())
    say("  cut short            {}: --resume, by any number of ranks, goes on\n", named(cut));
  if (!never.empty()) {
    say("  not begun            {}: --resume goes on\n", named(never));
    if (!stopping_) remember(static_cast<int>(Fault::replica));
  }
}

}  // namespace ganflow::sweep
