#include "apps/command/train_together.h"

#include <fmt/format.h>

#include <exception>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "apps/command/conclude.h"
#include "apps/command/explain.h"
#include "apps/command/init.h"
#include "apps/command/prepare.h"
#include "apps/command/progress.h"
#include "apps/command/resume_checks.h"
#include "apps/command/say.h"
#include "apps/command/signals.h"
#include "engine/error.h"
#include "engine/graph/nowhere.h"
#include "engine/ranks/bytes.h"
#include "engine/ranks/together.h"
#include "engine/run/runner.h"
#include "io/disk/durable.h"
#include "io/run/run_directory.h"

namespace ganflow::cli {
namespace {

// What has to be the same on every rank, for what each computes alike to be the same bits.
std::string agreement(RunInfo info) {
  info.threads = 0;
  return run_info_text(info);
}

// Where the replica begins, from rank 0 to the others.
std::string packed(const std::optional<Restored>& from) {
  ByteWriter writer;
  writer(from.has_value());
  if (from) writer(from->step, from->counters, from->variables);
  return std::move(writer.bytes);
}
std::optional<Restored> unpacked(const std::string& bytes) {
  ByteReader reader(bytes);
  bool there = false;
  Restored to;
  reader(there);
  if (!there) return std::nullopt;
  reader(to.step, to.counters, to.variables);
  return to;
}

class RankOfReplica {
 public:
  RankOfReplica(const Training& training, const RunOptions& options, const Launch& place)
      : training_(training),
        options_(options),
        first_(place.rank == 0),
        signals_(first_),
        peers_(join_together(place, signals_.flag())) {}

  int run() {
    int code = 0;
    try {
      code = work();
      peers_->leave();
    } catch (const Refused& refused) {
      peers_->leave();
      std::rethrow_exception(refused.why);
    } catch (...) {
      // The others wait for what this rank will not compute.
      const Explained why = explained(std::current_exception());
      silent = false;
      say(stderr, "ganflow: rank {}: {}\n", peers_->rank(), why.sentence);
      peers_->give_up(why.exit_code);
    }
    return code;
  }

 private:
  struct Refused {  // by all ranks
    std::exception_ptr why;
  };

  // All go on, or none: what `prepare` throws on one rank ends all of them.
  void together(const std::function<std::string()>& prepare,
                const std::function<void(const std::vector<std::string>&)>& then) {
    std::exception_ptr own;
    std::string text;
    try {
      text = fmt::format("+{}", prepare());
    } catch (...) {
      own = std::current_exception();
      text = fmt::format("-{}", explained(own).sentence);
    }
    std::vector<std::string> all = peers_->share(text);
    try {
      if (own) std::rethrow_exception(own);
      for (std::size_t rank = 0; rank < all.size(); ++rank)
        if (all[rank][0] == '-') fail(Fault::usage, "rank {}: {}", rank, all[rank].substr(1));
      for (std::string& one : all) one = one.substr(1);
      then(all);
    } catch (...) {
      throw Refused{std::current_exception()};
    }
  }

  int work() {
    std::optional<Prepared> ready;
    Described made;
    together(
        [&] {
          ready = lowered(training_, options_, peers_);
          if (!options_.init.empty() && !options_.resume)
            say(stderr, "{}\n", begin_from(options_.init, ready->replicas));
          made = described(training_, options_, *ready);
          return agreement(made.info);
        },
        [](const std::vector<std::string>& all) {
          for (std::size_t rank = 1; rank < all.size(); ++rank)
            if (all[rank] != all[0])
              fail(Fault::usage,
                   "rank {} would train another replica than rank 0: all need the same program, "
                   "flags, data and instruction set",
                   rank);
        });
    std::unique_ptr<RunDirectory> directory;
    std::vector<std::optional<Restored>> restored;
    together([&] { return first_ ? packed(opened(*ready, made.info, directory)) : std::string(); },
             [&](const std::vector<std::string>& all) { restored = {unpacked(all[0])}; });
    if (!restored[0] && options_.resume && !options_.init.empty())
      say(stderr, "{}\n", begin_from(options_.init, ready->replicas));
    if (first_) {
      made.run.commits_wanted = &signals_.commits_wanted();
      if (options_.trace) made.run.trace = directory->path() + "/trace.json";
    }
    Nowhere nowhere;  // of rows and checkpoints, which rank 0 has as well
    ProgressView view(training_.name, 1);
    RunResult result;
    {
      Runner runner(std::move(ready->replicas), made.run,
                    first_ ? static_cast<Sink&>(*directory) : nowhere, std::move(restored));
      result = runner.run(peers_->stopping(), [&](const Progress& p) {
        if (first_) view.update(p);
      });
    }
    if (first_) {
      directory->close();
      conclude(training_, options_, result, view, directory->path());
      say("  waited for other ranks {:.1f} s of {:.1f} s\n", peers_->waited(), result.seconds);
    }
    return first_ ? exit_code(result) : 0;
  }

  // Of rank 0: the run directory, and where the replica goes on.
  std::optional<Restored> opened(const Prepared& ready, const RunInfo& info,
                                 std::unique_ptr<RunDirectory>& directory) {
    const RunDirectoryOptions keeping{.keep = options_.keep,
                                      .grace = grace_of(options_, signals_.flag())};
    std::optional<Restored> from;
    if (options_.resume) {
      ResumeState state = state_to_resume(options_, info, ready.steps);
      from = state.restored.at(0);
      directory = std::make_unique<RunDirectory>(std::move(state), info, keeping);
    } else {
      const std::string path = options_.out.empty() ? free_directory(training_.name) : options_.out;
      directory = std::make_unique<RunDirectory>(path, info, keeping);
    }
    if (options_.dot) {
      const std::string dot = ready.graphs[0].dot();
      write_durably(directory->path() + "/graph.dot", std::as_bytes(std::span(dot)));
    }
    return from;
  }

  const Training& training_;
  const RunOptions& options_;
  const bool first_;
  const StopOnSignal signals_;
  const std::shared_ptr<Together> peers_;
};

}  // namespace

void require_together(const Training& training, const RunOptions& options, const Launch& place) {
  const int ranks = options.ranks_per_replica;
  if (training.members.size() != 1)
    fail(Fault::usage,
         "--ranks-per-replica {} trains one replica, {} are asked for; train them one by one, or "
         "leave the flag out to divide them among the ranks",
         ranks, training.members.size());
  if (!options.plan && place.size != ranks)
    fail(Fault::usage,
         "--ranks-per-replica {}: the launcher started {} {}; start {}: mpirun -n {} ganflow ...",
         ranks, place.size, place.size == 1 ? "process" : "processes", ranks, ranks);
}

int train_together(const Training& training, const RunOptions& options, const Launch& place) {
  silent = place.rank != 0;
  return RankOfReplica(training, options, place).run();
}

}  // namespace ganflow::cli
