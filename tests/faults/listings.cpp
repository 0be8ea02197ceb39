// An error while a directory is listed, in every subcommand that looks at a run: what is in it is
// not known then, and no one may go on as if it were empty.
#include <algorithm>
#include <cerrno>
#include <random>
#include <set>

#include "gates.h"
#include "trial.h"

namespace ganflow::faults {
namespace {

const std::string kTrain =
    "train toy-8gaussians --batch 16 --set generator=16 --set critic=16 --checkpoint-every 40 "
    "--evaluate-every 80 --sample-every 80 --seed 11 --threads 1 --steps ";
constexpr int kErrors[] = {EIO, EACCES, EMFILE, ENOMEM};

struct Said {
  int status = 0;
  std::string output;
  std::set<std::string> aside;  // what a resume put aside
};

std::set<std::string> put_aside(const std::string& run) {
  std::set<std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(run))
    if (const auto ending = entry.path().extension();
        ending == ".superseded" || ending == ".corrupt")
      files.insert(entry.path());
  return files;
}

// Of a subcommand that only looks: says so and fails, or says what it says undisturbed.
std::string looked(const Said& found, const Said& whole) {
  if (found.status == 0 && found.output == whole.output) return "";
  if (found.status == 6 && found.output.find(" cannot be read: ") != std::string::npos) return "";
  return fmt::format("ended with {}: {}", found.status, found.output);
}

// Of a resume: ends as if nothing had been, or changes nothing and can be made again.
std::string resumed(const Said& found, const Said& whole, const std::string& run,
                    const Reference& reference) {
  if (!std::includes(whole.aside.begin(), whole.aside.end(), found.aside.begin(),
                     found.aside.end()))
    return fmt::format("put aside {}: {}", fmt::join(found.aside, ", "), found.output);
  if (found.status != 0) {
    if (found.output.find(" cannot be read: ") == std::string::npos)
      return fmt::format("ended with {}: {}", found.status, found.output);
    if (const int status = Process(reference.flags(), run).wait(); status != 0)
      return fmt::format("resumed once more: ended with {}", status);
  }
  return reference.different_end(run);
}

}  // namespace

GateResult listing_errors(const GateOptions& options) {
  GateResult result;
  const Reference reference(kTrain + "200", options.fresh("whole"));
  const std::string half = options.fresh("half");
  if (const int status =
          Process(reference.flags(), half, {.mode = "kill", .at = reference.operations() * 2 / 3})
              .wait();
      status != kKilled) {
    result.wrong.push_back(fmt::format("the run itself ended with {}", status));
    return result;
  }
  const std::string verbs[] = {reference.flags(), "verify", "evaluate",
                               "sample -n 2 --out " + options.work + "/samples"};
  std::mt19937_64 random(options.seed);
  std::uint64_t failed = 0, listings = 0;
  const auto run = [&](const std::string& verb, const Orders& orders) {
    const std::string path = options.fresh();
    copy_tree(half, path);
    Process process(verb, path, orders);
    const int status = process.wait();
    failed += process.state().failed;
    listings = process.state().listings;
    return Said{status, process.output(), put_aside(path)};
  };
  for (const std::string& verb : verbs) {
    const Said whole = run(verb, {});
    if (whole.status != 0)
      result.wrong.push_back(fmt::format("{}: undisturbed ended with {}", verb, whole.status));
    const std::uint64_t all = listings;
    for (std::uint64_t n = 0; n < options.count / std::size(verbs); ++n, ++result.tried) {
      const Said found = run(verb, {.mode = "listing",
                                    .at = 1 + random() % all,
                                    .error = kErrors[random() % std::size(kErrors)]});
      const std::string wrong = verb == reference.flags()
                                    ? resumed(found, whole, options.work + "/run", reference)
                                    : looked(found, whole);
      if (!wrong.empty()) result.wrong.push_back(verb + ": " + wrong);
    }
  }
  if (failed < result.tried) result.wrong.push_back(fmt::format("only {} listings failed", failed));
  result.note = fmt::format("resume, verify, evaluate and sample, {} listings failed", failed);
  return result;
}

}  // namespace ganflow::faults
