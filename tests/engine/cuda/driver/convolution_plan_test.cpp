// cuDNN's plans for described cards: needs the library, neither GPU nor driver; skipped where it is
// not found.
#include "engine/cuda/driver/convolution_plan.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "engine/cuda/source.h"
#include "engine/cuda/stored.h"
#include "engine/error.h"
#include "support/preset_programs.h"
#include "support/recorded_driver.h"

using namespace ganflow;
using namespace ganflow::cuda;
using namespace ganflow::test;
using Kind = Convolution::Kind;

namespace {

constexpr double kMiB = 1 << 20;
constexpr const char* kCards[] = {"h100", "a100", "t4"};

CudnnCard described(const std::string& card) {
  std::ifstream in(GANFLOW_SOURCE "/tests/data/devices/" + card + ".json");
  CudnnCard made;
  made.description.assign(std::istreambuf_iterator<char>(in), {});
  REQUIRE(!made.description.empty());
  return made;
}

Convolution layer(Kind kind) {
  return {.kind = kind,
          .n = 192,
          .c = 64,
          .h = 16,
          .w = 16,
          .o = 128,
          .r = 5,
          .s = 5,
          .p = 8,
          .q = 8,
          .stride = 2,
          .top = 1,
          .bottom = 2,
          .left = 1,
          .right = 2,
          .images_last = true,
          .kernels_last = true};
}

std::set<Convolution> convolutions_of(const std::vector<PresetProgram>& programs) {
  std::set<Convolution> all;
  for (const PresetProgram& p : programs)
    for (const KernelLaunch& launch : write_source(stored(p.program), {}).kernel_launches)
      if (launch.convolution) all.insert(*launch.convolution);
  return all;
}

}  // namespace

TEST_SUITE("cuda convolution plans") {
  TEST_CASE("the three sums of a layer, for three cards, by tensor cores and in true float32") {
    const Cudnn* cudnn = real_cudnn();
    if (!cudnn) return;
    for (const std::string card : kCards)
      for (const Kind kind : {Kind::forward, Kind::input, Kind::filter}) {
        CAPTURE(card);
        CAPTURE(describe(layer(kind)));
        const ConvolutionPlan fast(*cudnn, described(card), layer(kind), ConvolutionMath::tf32);
        const ConvolutionPlan exact(*cudnn, described(card), layer(kind), ConvolutionMath::fp32);
        CHECK(fast.workspace_bytes() < 64 << 20);
        CHECK(exact.workspace_bytes() < 64 << 20);
        // A card of Turing's has no TF32: what is fastest there is true float32.
        CHECK((fast.engine() == exact.engine()) == (card == "t4"));
        const auto json = nlohmann::json::parse(fast.json());
        CHECK(json.is_object());
        // The same plan every time.
        const ConvolutionPlan again(*cudnn, described(card), layer(kind), ConvolutionMath::tf32);
        CHECK(again.json() == fast.json());
      }
  }

  TEST_CASE("what cuDNN cannot plan is said in one sentence") {
    const Cudnn* cudnn = real_cudnn();
    if (!cudnn) return;
    Convolution z = layer(Kind::forward);
    z.p = 7;  // it is 8
    std::string why;
    try {
      const ConvolutionPlan plan(*cudnn, described("h100"), z, ConvolutionMath::tf32);
    } catch (const Error& e) {
      why = e.what();
    }
    CAPTURE(why);
    CHECK(why.starts_with("--device cuda: planning a convolution failed: cuDNN 9."));
    CHECK(why.ends_with("; use --device cpu"));
    CHECK(why.find('\n') == std::string::npos);
    CudnnCard nonsense;
    nonsense.description = "{}";
    CHECK_THROWS_AS(ConvolutionPlan(*cudnn, nonsense, layer(Kind::forward), ConvolutionMath::tf32),
                    Error);
  }
}

TEST_SUITE("exhaustive") {
  TEST_CASE("a plan of equal bits for every convolution of every preset, on three cards") {
    const Cudnn* cudnn = real_cudnn();
    if (!cudnn) return;
    const bool table = std::getenv("GANFLOW_PLAN_TABLE");  // prints all that is planned
    const std::set<Convolution> all = convolutions_of(preset_programs(PresetSize::shipped));
    for (const std::string card : kCards)
      for (const ConvolutionMath math : {ConvolutionMath::tf32, ConvolutionMath::fp32}) {
        if (math == ConvolutionMath::fp32 && card != kCards[0] && !table) continue;
        std::size_t most = 0;
        for (const Convolution& z : all) {
          CAPTURE(card);
          CAPTURE(describe(z));
          const ConvolutionPlan plan(*cudnn, described(card), z, math);
          CHECK(plan.engine() >= 0);
          most = std::max(most, plan.workspace_bytes());
          if (table)
            fmt::print("{} {} {}: engine {}, {:.1f} MiB\n", card,
                       math == ConvolutionMath::tf32 ? "tf32" : "fp32", describe(z), plan.engine(),
                       plan.workspace_bytes() / kMiB);
        }
        MESSAGE(all.size(), " convolutions on ", card, ", workspaces of at most ", most / kMiB,
                " MiB");
        CHECK(most < 300 * kMiB);
      }
    CHECK(all.size() >= 200);
  }
}
