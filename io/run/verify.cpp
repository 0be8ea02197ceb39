#include "io/run/verify.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <utility>
#include <vector>

#include "engine/error.h"
#include "io/disk/child.h"
#include "io/disk/durable.h"
#include "io/disk/sealed.h"
#include "io/images/png.h"
#include "io/run/checkpoint.h"
#include "io/run/resume.h"
#include "io/run/rows_file.h"
#include "io/run/verify_live.h"

namespace ganflow {
namespace {

namespace fs = std::filesystem;
using Kind = FileVerdict::Kind;

// "replica_000/rows/step_000000500.h5" -> its parts; absent for other names.
struct StepFile {
  int replica = 0;
  std::string folder;
  Step step = 0;
};
std::optional<StepFile> parse_step(const std::string& file) {
  const std::size_t first = file.find('/'), second = file.rfind('/');
  if (first == std::string::npos || first == second) return std::nullopt;
  StepFile result;
  const std::string replica = file.substr(0, first);
  if (std::sscanf(replica.c_str(), "replica_%d", &result.replica) != 1 ||
      replica != replica_directory(result.replica) ||
      !parse_step_file(file.substr(second + 1), result.step))
    return std::nullopt;
  result.folder = file.substr(first + 1, second - first - 1);
  return result;
}

// "replica_003/timing.h5": the live file of a replica that is written apart from the others.
struct LivePart {
  int replica = 0;
  bool timing = false;
};
std::optional<LivePart> parse_part(const std::string& file) {
  LivePart part;
  if (std::sscanf(file.c_str(), "replica_%d", &part.replica) != 1) return std::nullopt;
  for (part.timing = false;; part.timing = true) {
    if (file == replica_directory(part.replica) + live_file(part.timing)) return part;
    if (part.timing) return std::nullopt;
  }
}

class Verifier {
 public:
  Verifier(std::string run, const std::function<void(const FileVerdict&)>& say,
           const VerifyOptions& options)
      : run_(std::move(run)), say_(say), options_(options) {}

  int all() {
    if (!holds_run(run_)) fail(Fault::usage, "{} holds no run: there is no run.h5 in it", run_);
    index_anew();
    std::vector<std::string> files(promised_.begin(), promised_.end());
    list("", files);
    std::sort(files.begin(), files.end());
    files.erase(std::unique(files.begin(), files.end()), files.end());
    for (const std::string& file : files)
      if (options_.only.empty() || file == options_.only) look_at(file);
    if (options_.only.empty())
      for (const auto& [replica, spans] : spans_) look_for_gaps(replica, spans);
    return damaged_;
  }

 private:
  void say(Kind kind, const std::string& file, const std::string& text) {
    damaged_ += kind == Kind::damaged;
    say_({kind, file, text});
  }

  // Files below a folder, "" or "replica_000/".
  void list(const std::string& folder, std::vector<std::string>& files) {
    try {
      for (const std::string& name : directory_entries(run_ + "/" + folder)) {
        std::error_code error;
        if (fs::is_directory(fs::symlink_status(run_ + "/" + folder + name, error)))
          list(folder + name + "/", files);
        else
          files.push_back(folder + name);
      }
    } catch (const Unreadable& error) {
      say(Kind::unreadable, folder.empty() ? "." : folder, error.what());
    }
  }

  // Which run.h5 it is: each is a file of its own.
  std::pair<ino_t, long> index_now() const {
    struct stat status {};
    ::stat((run_ + "/run.h5").c_str(), &status);
    return {status.st_ino, status.st_mtim.tv_nsec};
  }

  // Reads run.h5 if it is another one than the last time, as of a run that was resumed meanwhile.
  bool index_anew() {
    const auto now = index_now();
    if (now == read_) return false;
    read_ = now;
    index_.reset();
    try {
      index_ = read_run_index(run_);
    } catch (const Error&) {
      // Said when its turn comes.
    }
    promised_ = {"run.h5", "metrics.h5"};
    if (index_) {
      if (has_timing(index_->info) && !index_->files.empty()) promised_.insert("timing.h5");
      promised_.insert(index_->files.begin(), index_->files.end());
    }
    return true;
  }

  // Of a file that is not there. A resume puts files aside before it writes its run.h5.
  bool promised(const std::string& file) {
    for (int waited = 0; !index_anew() && waited < 20; ++waited) {
      if (!exists(run_ + "/" + file + ".superseded")) break;
      ::usleep(50'000);
    }
    return promised_.contains(file);
  }

  void look_at(const std::string& file) {
    try {
      look_at_file(file);
    } catch (const Unreadable& error) {
      say(Kind::unreadable, file, error.what());
    }
  }

  void look_at_file(const std::string& file) {
    const std::string name = file.substr(file.rfind('/') + 1);
    if (name == "run.lock") return;
    if (name.ends_with(".corrupt")) return say(Kind::aside, file, "was damaged, put aside");
    if (name.ends_with(".superseded"))
      return say(Kind::aside, file, "of steps that were computed again");
    if (name.starts_with(".") && name.ends_with(".tmp"))
      return say(Kind::aside, file, "unfinished; the next --resume removes it");
    const bool live = file == "metrics.h5" || file == "timing.h5";
    if (!exists(run_ + "/" + file)) {  // if it was not promised: pruned while we looked
      if (promised(file))
        say(Kind::damaged, file,
            live ? "missing; --resume makes it again from the rows files" : "missing");
      return;
    }
    if (file == "run.h5") return read(file, [&] { return about_run(); });
    if (live) {
      if (index_)
        read(file, [&] { return check_live(run_, *index_, file == "timing.h5"); });
      else
        say(Kind::unknown, file, "not compared, since run.h5 is damaged");
      return;
    }
    if (const auto part = parse_part(file); part && index_)
      return read(file, [&] { return check_live(run_, *index_, part->timing, part->replica); });
    if (const auto step = parse_step(file)) return look_at_step(file, *step);
    if (name.ends_with(".png"))
      return read(file, [&] {
        verify_png(run_ + "/" + file);
        const Pixels pixels = read_png(run_ + "/" + file);
        return fmt::format("picture of {} x {}", pixels.width, pixels.height);
      });
    if (name.ends_with(".h5"))
      return read(file, [&] {
        verify_seal(run_ + "/" + file);
        return std::string("sealed");
      });
    say(Kind::unknown, file, "not checked");
  }

  void look_at_step(const std::string& file, const StepFile& at) {
    const std::string path = run_ + "/" + file;
    const auto require = [&](const char* what, std::uint64_t found, std::uint64_t expected) {
      if (found != expected)
        fail(Fault::input, "{} is of {} {}, its name says {}", path, what, found, expected);
    };
    if (at.folder == "checkpoints")
      return read(file, [&] {
        const Checkpoint c = read_checkpoint(path);
        require("step", c.state.step, at.step);
        require("replica", static_cast<std::uint64_t>(c.replica),
                static_cast<std::uint64_t>(at.replica));
        return fmt::format("checkpoint of {} Variables", c.state.variables.size());
      });
    if (at.folder != "rows" && at.folder != "timing")
      return read(file, [&] {
        verify_seal(path);
        return "samples";
      });
    const std::string text = text_of(file, [&] {
      const RowsSpan span = read_rows_span(path);
      require("step", span.step, at.step);
      if (index_) {
        const ReplicaInfo& replica = index_->info.replicas.at(static_cast<std::size_t>(at.replica));
        read_rows_file(path, tables_of(replica, at.folder == "timing"),
                       [](std::size_t, std::span<const std::byte>) {});
      }
      return span.after ? fmt::format("rows after step {}", *span.after)
                        : std::string("rows from the beginning");
    });
    if (at.folder != "rows" || text.empty()) return;
    RowsSpan span{std::nullopt, at.step};
    unsigned long long after = 0;
    if (std::sscanf(text.c_str(), "rows after step %llu", &after) == 1) span.after = after;
    spans_[at.replica].push_back(span);
  }

  // As they are now, if all can be read.
  std::optional<std::vector<RowsSpan>> spans_now(int replica) const {
    const std::string folder = run_ + "/" + replica_directory(replica) + "/rows";
    const ChildOutcome outcome = in_child(options_.seconds, [&] {
      std::string text;
      for (const Step step : steps_in(folder)) {
        const RowsSpan span = read_rows_span(folder + "/" + step_name(step) + ".h5");
        text += fmt::format("{} {} ", span.step,
                            span.after ? static_cast<std::int64_t>(*span.after) : -1);
      }
      return text;
    });
    if (!outcome.ok) return std::nullopt;
    std::vector<RowsSpan> spans;
    std::istringstream text(outcome.text);
    Step step = 0;
    for (std::int64_t after = 0; text >> step >> after;)
      spans.push_back({after < 0 ? std::nullopt : std::optional<Step>(after), step});
    return spans;
  }

  // Files that a resume puts aside or writes anew while they are read leave none.
  void look_for_gaps(int replica, std::vector<RowsSpan> spans) {
    const auto gapless = [&] {
      std::optional<Step> end;
      return std::all_of(spans.begin(), spans.end(), [&](const RowsSpan& span) {
        return std::exchange(end, span.step) == span.after;
      });
    };
    if (gapless()) return;
    spans = spans_now(replica).value_or(spans);
    std::optional<Step> end;
    for (const RowsSpan& span : spans) {
      if (span.after != end)
        say(Kind::damaged, replica_directory(replica) + "/rows",
            fmt::format("the rows between step {} and step {} are missing", end.value_or(0),
                        span.after.value_or(0)));
      end = span.step;
    }
  }

  std::string about_run() const {
    const RunIndex index = read_run_index(run_);
    return fmt::format("run of {}, {} replica{}, resumed {} times", index.info.graph,
                       index.info.replicas.size(), index.info.replicas.size() == 1 ? "" : "s",
                       index.resumes);
  }

  template <class Body>
  void read(const std::string& file, Body&& body) {
    text_of(file, body);
  }

  // Empty if it is damaged.
  template <class Body>
  std::string text_of(const std::string& file, Body&& body) {
    std::error_code error;
    const auto bytes = static_cast<double>(fs::file_size(run_ + "/" + file, error));
    ChildOutcome outcome;
    do {  // again if the run was resumed meanwhile
      index_anew();
      outcome = in_child(options_.seconds + (error ? 0 : bytes / 2e7),
                         [&] { return std::string(body()); });
    } while (!outcome.ok && index_now() != read_);
    if (!outcome.ok && !exists(run_ + "/" + file) && !promised(file)) return "";
    say(outcome.ok           ? Kind::whole
        : outcome.unreadable ? Kind::unreadable
                             : Kind::damaged,
        file, outcome.text);
    return outcome.ok ? outcome.text : "";
  }

  std::string run_;
  const std::function<void(const FileVerdict&)>& say_;
  VerifyOptions options_;
  std::optional<RunIndex> index_;
  std::optional<std::pair<ino_t, long>> read_;  // which run.h5 it was read from
  std::set<std::string> promised_;              // files that must be there
  std::map<int, std::vector<RowsSpan>> spans_;
  int damaged_ = 0;
};

}  // namespace

int verify_run(const std::string& run, const std::function<void(const FileVerdict&)>& say,
               const VerifyOptions& options) {
  return Verifier(run, say, options).all();
}

}  // namespace ganflow
