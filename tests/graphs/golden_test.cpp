// What the shipped presets compile to. The golden steps of tests/support write their formulas out;
// these go through the operators and the graphs that users get, so that a formula that became
// slower, or a network that became another one, moves a number.
#include <doctest/doctest.h>

#include <algorithm>
#include <regex>

#include "support/command.h"
#include "support/image_files.h"
#include "support/run_example.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

enum class Data { none, mnist, cifar };

struct Golden {
  const char* preset;
  Data data;
  const char* stages;  // name products/kernels/depth/copies/KiB of the arena, one after another
};

const Golden kGolden[] = {
    {"thesis-1d", Data::none,
     "generate 0/1/1/0/6 critic_step 0/5/3/2/30 generator_step 0/6/2/0/35"},
    {"thesis-28", Data::none,
     "generate 1/2/2/0/28 critic_step 4/13/7/4/756 generator_step 6/12/6/0/654"},
    {"thesis-28-sts", Data::none,
     "generate 1/2/2/0/28 critic_step 4/13/7/4/756 generator_step 6/12/6/0/654"},
    {"thesis-28-gan", Data::none,
     "generate 1/2/2/0/28 critic_step 2/7/5/2/512 generator_step 6/11/7/0/642"},
    {"thesis-48", Data::none,
     "generate 1/2/2/0/28 critic_step 4/13/7/4/1896 generator_step 6/12/6/0/1794"},
    {"thesis-two", Data::none,
     "generate 2/2/2/0/46 critic_step 4/13/7/4/864 generator_step 7/12/6/0/706"},
    {"toy-8gaussians", Data::none,
     "generate 3/4/4/0/1042 critic_step 10/23/12/8/10546 generator_step 14/24/14/0/3861"},
    {"toy-swissroll", Data::none,
     "generate 3/4/4/0/1042 critic_step 10/23/12/8/10546 generator_step 14/24/14/0/3861"},
    {"mu-mnist", Data::mnist,
     "generate 4/6/6/0/7289 critic_step 12/24/14/4/35314 "
     "generator_step 17/30/20/0/15115"},
    {"smooth-mnist", Data::mnist,
     "generate 4/6/6/0/8318 critic_step 12/24/14/4/43900 "
     "generator_step 41/86/65/4/28917"},
    {"guide-gan", Data::cifar,
     "generate 5/12/12/0/106502 critic_step 11/38/18/2/149527 "
     "generator_step 22/51/39/0/380944"},
    {"guide-dcgan", Data::cifar,
     "generate 5/9/9/0/57350 critic_step 11/26/15/2/112664 "
     "generator_step 22/48/33/0/301887"},
    {"guide-cdcgan", Data::cifar,
     "generate 5/10/10/0/57350 critic_step 11/31/20/2/111645 "
     "generator_step 22/52/37/0/301942"},
    {"guide-wgan", Data::cifar,
     "generate 5/10/10/0/31376 critic_step 17/48/30/3/176947 "
     "generator_step 22/42/33/0/122714"},
    {"mu-cifar", Data::cifar,
     "generate 4/7/7/0/25496 critic_step 12/25/15/4/114744 "
     "generator_step 17/35/21/0/87616"},
    {"mu-cifar-sgp", Data::cifar,
     "generate 4/7/7/0/25496 critic_step 12/25/14/4/115512 "
     "generator_step 17/35/21/0/87616"},
    {"mu-cifar-resnet", Data::cifar,
     "generate 11/25/18/0/102406 critic_step 40/74/37/4/541607 "
     "generator_step 52/94/54/0/919314"},
    {"smooth-cifar", Data::cifar,
     "generate 11/25/18/0/102406 critic_step 40/74/37/4/541607 "
     "generator_step 118/234/143/2/776436"},
    {"progressive-small", Data::cifar,
     "generate4 3/4/4/0/716 critic_step4 12/68/34/5/3126 "
     "generator_step4 14/37/27/0/1256 generate8 6/9/7/0/1558 "
     "critic_step8 26/101/45/8/16995 generator_step8 29/61/40/0/4091 "
     "generate16 8/12/10/0/4815 critic_step16 36/120/58/10/72148 "
     "generator_step16 39/76/52/0/15648 generate32 10/15/13/0/17823 "
     "critic_step32 46/139/72/12/293780 generator_step32 49/92/65/0/61858"},
};

// 64 images in MNIST's files.
std::string mnist_data() {
  static const TemporaryDirectory dir;
  write_bytes(dir / "train-images-idx3-ubyte", idx_bytes(0x803, {64, 28, 28}, 64 * 784));
  std::vector<char> labels = idx_bytes(0x801, {64}, 0);
  labels.resize(labels.size() + 64, 7);
  write_bytes(dir / "train-labels-idx1-ubyte", labels);
  return "mnist:" + dir.path();
}

std::string stages_of(const Golden& golden) {
  std::string arguments = std::string("train ") + golden.preset + " --plan";
  if (golden.data == Data::mnist) arguments += " --data " + mnist_data();
  if (golden.data == Data::cifar) arguments += " --data " + cifar_data();
  const Outcome plan = command(arguments);
  INFO(plan.output);
  REQUIRE(plan.exit_code == 0);
  const std::regex line(
      "\\n +(generate\\d*|\\w+_step\\d*) +(step|ahead|in line) +(\\d+) products, (\\d+) kernels, "
      "depth (\\d+), (\\d+) copies, "
      "(\\d+) KiB");
  std::string stages;
  for (std::sregex_iterator i(plan.output.begin(), plan.output.end(), line), end; i != end; ++i)
    stages += (stages.empty() ? "" : " ") + (*i).format("$1 $3/$4/$5/$6/$7");
  return stages;
}

}  // namespace

TEST_SUITE_BEGIN("presets");

TEST_CASE("what the shipped presets compile to" * doctest::test_suite("exhaustive")) {
  for (const Golden& golden : kGolden) {
    CAPTURE(std::string(golden.preset));
    CHECK(stages_of(golden) == golden.stages);
  }
}

TEST_SUITE_END();
