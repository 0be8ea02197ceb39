#include "graphs/networks/image_network.h"

#include <doctest/doctest.h>

#include "engine/graph/graph.h"
#include "graphs/networks/families.h"
#include "ops/layers/forward.h"
#include "ops/sources/noise.h"
#include "support/run_example.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

ImageStages stages(Extent height, Extent width) {
  return image_stages({.image_height = height, .image_width = width});
}

}  // namespace

TEST_SUITE("image networks") {
  TEST_CASE("images are halved until 4 to 7 pixels are left of the shorter side") {
    const auto check = [](Extent height, Extent width, Extent coarse_height, Extent coarse_width,
                          const std::vector<Extent>& factors) {
      const ImageStages s = stages(height, width);
      CHECK(s.height == coarse_height);
      CHECK(s.width == coarse_width);
      CHECK(s.factors == factors);
    };
    check(32, 32, 4, 4, {1, 2, 4});  // the papers'
    check(28, 28, 7, 7, {1, 2});
    check(16, 24, 4, 6, {1, 2});
    check(96, 64, 6, 4, {1, 2, 4, 8});
    check(256, 256, 4, 4, {1, 2, 4, 8, 8, 8});
    for (Extent coarse = 4; coarse < 8; ++coarse)
      for (Extent side = 4 * coarse; side <= 256; side *= 2)
        CHECK(stages(side, side).height == coarse);
    const auto error = [](Extent height, Extent width) {
      return error_of([&] { stages(height, width); });
    };
    CHECK(error(30, 30) ==
          "2 the networks are made for images of 16 to 1024 pixels whose sides can be halved until "
          "4 to 7 are left of the shorter one, the images have 30 x 30 (height x width): resize "
          "them, --set size=32");
    CHECK(error(12, 12).ends_with("--set size=16"));
    CHECK(error(64, 100).ends_with("--set size=64"));
    CHECK(error(2048, 2048).ends_with("--set size=1024"));
  }

  // Was: 32 x 32 only.
  TEST_CASE("generators make images of the size, critics score them") {
    for (const auto& [name, family] : image_families()) {
      if (!family.any_size) continue;
      CAPTURE(name);
      const ImageNetwork o{.width = 2,
                           .kernel = 3,
                           .channels = 1,
                           .image_height = 48,
                           .image_width = 64,
                           .norm = {}};
      Graph graph("sizes");
      graph.defaults({.batch = 2});
      const Network g = graph.network("G", family.generator(o)),
                    d = graph.network("D", family.critic(o));
      const Port z = graph.add("noise", Normal{.dim = 3});
      const Port images = graph.add("generate", Forward{g}, z);
      CHECK(images.shape() == Shape{2, 1, 48, 64});
      CHECK(graph.add("score", Forward{d}, images).shape() == Shape{2, 1});
    }
  }
}
