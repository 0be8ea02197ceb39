// The text of training steps by NVRTC: no warning, few registers, nothing spilled. Needs no GPU;
// skipped where no NVRTC is found.
#include <doctest/doctest.h>

#include <algorithm>

#include "engine/cuda/driver/jit.h"
#include "engine/cuda/source.h"
#include "engine/cuda/stored.h"
#include "engine/error.h"
#include "support/image_steps.h"
#include "support/norm_steps.h"
#include "support/preset_programs.h"
#include "support/recorded_driver.h"
#include "support/resident_sources.h"
#include "support/steps.h"

using namespace ganflow;
using namespace ganflow::cuda;
using namespace ganflow::test;

namespace {

// So that three blocks of 256 threads share a multiprocessor of 65,536.
constexpr int kMostRegisters = 80;

void check(const Nvrtc& nvrtc, const std::string& name, const Program& program,
           std::initializer_list<int> architectures) {
  CAPTURE(name);
  const cuda::Source source = write_source(stored(program), {});
  const Jit jit(nvrtc, "");
  for (const int architecture : architectures) {
    CAPTURE(architecture);
    const Cubin cubin = jit.compile(source.text, architecture);
    CHECK(cubin.kernels.size() == source.kernels.size());
    for (const KernelUse& use : cubin.kernels) {
      CAPTURE(use.kernel);
      CHECK(use.registers > 0);
      // A block that is alone takes nothing from others, and its few numbers may be spilled.
      const auto alone = [&](const KernelLaunch& l) {
        return l.kernel == use.kernel && l.grid == 1;
      };
      if (std::ranges::any_of(source.kernel_launches, alone)) continue;
      CHECK(use.registers <= kMostRegisters);
      CHECK(use.spilled_bytes == 0);
    }
  }
}

}  // namespace

// Full sizes and every preset: of NVRTC, which sanitizers do not see.
TEST_SUITE("exhaustive") {
  TEST_CASE("perceptrons at full size, for every architecture") {
    const Nvrtc* nvrtc = real_nvrtc();
    if (!nvrtc) return;
    check(*nvrtc, "thesis critic", critic_step(thesis()), {75, 80, 90, 100, 120});
    check(*nvrtc, "thesis generator", generator_step(thesis()), {75, 120});
    for (const StepCase& c : {mnist(), toy()}) {
      check(*nvrtc, c.name + " critic", critic_step(c), {75, 90});
      check(*nvrtc, c.name + " generator", generator_step(c), {90});
    }
  }

  TEST_CASE("image networks") {
    const Nvrtc* nvrtc = real_nvrtc();
    if (!nvrtc) return;
    const ImageWidths small{.size = 8, .channels = {5, 7}, .noise = 6, .kernel = 3, .batch = 3};
    for (const StepCase& c :
         {dcgan(small), dcgan_layer_norm(small), max_pool_critic(small), resnet_critic(small)})
      check(*nvrtc, c.name, critic_step(c), {75, 90});
  }

  TEST_CASE("what programs draw of sources, for every architecture") {
    const Nvrtc* nvrtc = real_nvrtc();
    if (!nvrtc) return;
    check(*nvrtc, "sources", DrawingProgram(600).builder.program(), {75, 80, 90, 100, 120});
  }

  TEST_CASE("every program of every preset as text compiles, each for an architecture in turn") {
    const Nvrtc* nvrtc = real_nvrtc();
    if (!nvrtc) return;
    constexpr int kArchitectures[] = {75, 80, 90, 100, 120};
    std::size_t turn = 0;
    for (const PresetProgram& p : preset_programs())
      check(*nvrtc, p.preset, p.program, {kArchitectures[turn++ % std::size(kArchitectures)]});
    CHECK(turn >= 80);
  }
}
