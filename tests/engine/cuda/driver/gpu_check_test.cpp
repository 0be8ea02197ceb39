// gpu-check over the recorded driver: what holds passes, what does not is named.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cstdlib>
#include <fstream>

#include "engine/program/affine.h"
#include "engine/program/leaves.h"
#include "gpu_check/check.h"
#include "gpu_check/record.h"
#include "support/command.h"
#include "support/image_steps.h"
#include "support/preset_programs.h"
#include "support/recorded_driver.h"
#include "support/run_example.h"
#include "support/steps.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

GpuCase recorded_step(const std::string& name, const Program& program) {
  return record_case(name, program, step_inputs(program, 11));
}

const GpuCase& small_critic() {
  static const GpuCase made = recorded_step("critic", critic_step(thesis().shrunk()));
  return made;
}

struct Checked {
  bool holds = false;
  std::string text;
};
Checked checked(const GpuCase& one) {
  const TemporaryDirectory cache;
  record_driver({});
  Checked result;
  const auto gpu = std::make_shared<const cuda::Context>(recorded_driver(), 0);
  result.holds =
      check_gpu(gpu, cuda::Jit(recorded_nvrtc(), cache / "kernels"), std::span(&one, 1),
                {.repeat = 10}, [&](const std::string& line) { result.text += line + "\n"; });
  return result;
}
bool says(const Checked& result, const std::string& what) {
  return result.text.find(what) != std::string::npos;
}

}  // namespace

TEST_SUITE("gpu_check") {
  TEST_CASE("a program that computes what its emulation does passes, from a file") {
    const TemporaryDirectory folder;
    write_cases(folder / "cases", {small_critic()});
    const std::vector<GpuCase> read = read_cases(folder / "cases");
    REQUIRE(read.size() == 1);
    const Checked result = checked(read[0]);
    CAPTURE(result.text);
    CHECK(result.holds);
    const auto launches = small_critic().launches.size();
    CHECK(says(result, fmt::format("| critic | {0} of {0} equal | equal | ", launches)));
    CHECK(says(result, "| equal | equal | "));
    CHECK(says(result, "Every kernel leaves the bits of its emulation."));
    CHECK(not_given_back().empty());
  }

  TEST_CASE("a kernel that leaves other bits is named with its distance") {
    GpuCase wrong = small_critic();
    wrong.launches.back().leaves[0].crc ^= 1;
    const Checked unknown = checked(wrong);
    CAPTURE(unknown.text);
    CHECK_FALSE(unknown.holds);
    CHECK(says(unknown, fmt::format("- {} of critic, and what follows is not checked",
                                    wrong.launches.back().kernel)));

    // One unit is allowed to what no standard rounds, and to nothing else.
    wrong = small_critic();
    const auto draws = std::ranges::find(wrong.launches, 1, &CaseLaunch::approximate);
    REQUIRE(draws != wrong.launches.end());
    const auto moved = [&](std::byte by) {
      Leaf& leaf = draws->leaves[0];
      leaf.bytes[0] ^= by;
      leaf.crc = crc_of(leaf.bytes);
      return checked(wrong);
    };
    const Checked two = moved(std::byte{2});
    CAPTURE(two.text);
    CHECK_FALSE(two.holds);
    CHECK(says(two, fmt::format("- {} of critic: 2 ulp", draws->kernel)));
    // What reads it then has other bits, too.
    moved(std::byte{2});
    draws->leaves.resize(1);
    for (auto after = draws + 1; after != wrong.launches.end(); ++after) after->kernel.clear();
    CHECK(moved(std::byte{1}).holds);
    draws->approximate = 0;
    CHECK_FALSE(checked(wrong).holds);
  }

  TEST_CASE("launches that do not wait for one another are found out") {
    GpuCase wrong = small_critic();
    for (CaseLaunch& launch : wrong.launches) launch.after.clear();
    const Checked result = checked(wrong);
    CAPTURE(result.text);
    CHECK_FALSE(result.holds);
    CHECK(says(result, "OTHER BITS"));
  }

  TEST_CASE("of a program with convolutions its own kernels are checked") {
    const ImageWidths small{.size = 8, .channels = {5, 7}, .noise = 6, .kernel = 3, .batch = 3};
    const GpuCase made = recorded_step("dcgan", critic_step(dcgan(small)));
    CHECK_FALSE(made.whole());
    const Checked result = checked(made);
    CAPTURE(result.text);
    CHECK(result.holds);
    CHECK(says(result, "a library computes some"));
  }

  TEST_CASE("a file that is no file of cases is refused") {
    const TemporaryDirectory folder;
    const auto why = [&] {
      try {
        read_cases(folder / "cases");
      } catch (const std::runtime_error& e) {
        return std::string(e.what());
      }
      return std::string();
    };
    CHECK(why().starts_with("cannot read "));
    std::ofstream(folder / "cases") << "something else";
    CHECK(why() == "no file of GPU cases");
    write_cases(folder / "cases", {small_critic()});
    const auto bytes = std::filesystem::file_size(folder / "cases");
    for (const std::uintmax_t length : {bytes - 1, bytes / 2, std::uintmax_t{30}}) {
      std::filesystem::resize_file(folder / "cases", length);
      CHECK(why() == "the file of GPU cases is cut short");
    }
  }

  TEST_CASE("gpu-check needs neither oneTBB nor HDF5, and says what it lacks") {
    const std::string command = GANFLOW_COMMAND;
    const Outcome needs =
        shell("readelf -d " + command.substr(0, command.rfind('/')) + "/gpu-check");
    CHECK(needs.exit_code == 0);
    CHECK(needs.output.find("NEEDED") != std::string::npos);
    for (const char* library : {"tbb", "hdf5", "cuda", "nvrtc", "cudnn"})
      CHECK(needs.output.find(library) == std::string::npos);
    CHECK(program("gpu-check", "/nowhere").output == "gpu-check: cannot read /nowhere\n");
  }

  // What pack.sh takes along: GANFLOW_GPU_CASES=FILE ganflow_tests -ns -tc='gpu cases'.
  TEST_CASE("gpu cases" * doctest::skip()) {
    const char* file = std::getenv("GANFLOW_GPU_CASES");
    REQUIRE(file);
    Builder b;  // next to nothing to do: what a launch takes
    output(b, "y", affine(input(b, "x", {{8}, DType::real}), 2, 1));
    std::vector<GpuCase> cases{
        record_case("nothing", b.program(), {{"x", std::vector<double>(8, 0.5)}})};
    for (StepCase c : {thesis(), mnist(), toy()}) {
      c.data_rows = 400;
      cases.push_back(recorded_step(c.name + " critic", critic_step(c)));
      cases.push_back(recorded_step(c.name + " generator", generator_step(c)));
      cases.push_back(recorded_step(c.name + " 5 + 1", macro_step(c, 5)));
    }
    int number = 0;
    for (const PresetProgram& p : preset_programs())
      cases.push_back(record_case(fmt::format("{} {}", p.preset, ++number), p.program, p.inputs));
    write_cases(file, cases);
    MESSAGE(cases.size(), " programs");
  }
}
