// Bits that flip in finished files, and resuming from every point.
#include <filesystem>
#include <fstream>
#include <random>

#include "gates.h"
#include "io/disk/durable.h"
#include "io/run/resume.h"
#include "io/run/verify.h"
#include "support/run_example.h"
#include "trial.h"

namespace ganflow::faults {
namespace {

namespace fs = std::filesystem;

constexpr const char* kRun =
    "train toy-8gaussians --steps 400 --batch 16 --threads 1 --set generator=16 --set critic=16 "
    "--checkpoint-every 100 --evaluate-every 200 --sample-every 200 --seed 13";
// A checkpoint at every macro-iteration end, 5 critic updates, at least `points` of them.
std::string dense_run(std::uint64_t points) {
  const std::uint64_t steps = 5 * std::max<std::uint64_t>(points, 30);
  return fmt::format(
      "train toy-8gaussians --steps {} --batch 16 --threads 1 --set generator=16 --set critic=16 "
      "--checkpoint-every 5 --keep-last 1000000 --evaluate-every {} --sample-every {} --seed 14",
      steps, steps / 2, steps / 2);
}

}  // namespace

// A flipped bit is found by `verify`, or is where it changes nothing that is read.
GateResult flipped_bits(const GateOptions& options) {
  GateResult result;
  const Reference reference(kRun, options.fresh("whole"));
  const std::string run = options.fresh("run");
  copy_tree(reference.run(), run);
  std::vector<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(run))
    if (const std::string name = entry.path().filename();
        entry.is_regular_file() && name != "run.lock")
      files.push_back(fs::relative(entry.path(), run));
  std::sort(files.begin(), files.end());
  std::mt19937_64 random(options.seed);
  std::uint64_t harmless = 0, healed = 0;
  for (; result.tried < options.count; ++result.tried) {
    const std::string file = files[result.tried % files.size()];
    const Bytes bytes = test::file_bytes(run + "/" + file);
    Bytes flipped = bytes;
    const std::size_t at = random() % flipped.size();
    flipped[at] = static_cast<char>(flipped[at] ^ (1 << random() % 8));
    test::write_bytes(run + "/" + file, flipped);
    const bool live = file == "metrics.h5" || file == "timing.h5";
    int damaged = 0;
    try {
      damaged = verify_run(run, [](const FileVerdict&) {}, {.seconds = 10, .only = file});
    } catch (const std::exception& error) {
      result.wrong.push_back(file + ": " + error.what());
    }
    if (damaged == 0) {
      // Live files have unused bytes between their pages.
      const std::string wrong = live ? reference.different(run) : "is said to be whole";
      if (wrong.empty())
        ++harmless;
      else
        result.wrong.push_back(fmt::format("{}, bit of byte {}: {}", file, at, wrong));
    } else if (result.tried % 20 == 0) {
      // --resume goes on from what is whole, to the same end.
      const std::string copy = options.fresh("healed");
      copy_tree(run, copy);
      Process process(kRun, copy);
      const int status = process.wait();
      const std::string output = process.output();
      // Samples are not made again; nor are the first rows when no checkpoint precedes them.
      const bool rows_lost = output.find("without some of its metric rows") != std::string::npos;
      const std::string wrong = status != 0                                   ? output
                                : file.find("/samples/") != std::string::npos ? ""
                                : rows_lost ? reference.different_state(copy)
                                            : reference.different_end(copy);
      if (wrong.empty())
        ++healed;
      else
        result.wrong.push_back(fmt::format("{}, bit of byte {}, resumed: {}", file, at, wrong));
    }
    test::write_bytes(run + "/" + file, bytes);
  }
  result.note = fmt::format(
      "{} in bytes that nothing reads, the others found; {} damaged runs resumed to the right end",
      harmless, healed);
  return result;
}

GateResult resume_points(const GateOptions& options) {
  GateResult result;
  const std::string flags = dense_run(options.count);
  const Reference reference(flags, options.fresh("whole"));
  const std::vector<Step>& all = reference.commits();
  for (; result.tried < options.count; ++result.tried) {
    const Step step = all[result.tried * all.size() / options.count];
    const std::string run = options.fresh("run");
    copy_tree(reference.run(), run);
    for (const Step later : all)
      if (later > step) fs::remove(run + "/replica_000/checkpoints/" + step_name(later) + ".h5");
    Process process(flags, run);
    const int status = process.wait();
    const std::string wrong = status == 0
                                  ? reference.different(run)
                                  : fmt::format("ended with {}: {}", status, process.output());
    if (!wrong.empty()) result.wrong.push_back(fmt::format("from step {}: {}", step, wrong));
  }
  return result;
}

}  // namespace ganflow::faults
