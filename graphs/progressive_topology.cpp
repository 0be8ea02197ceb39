// Progressive growing as phases: a critic and a generator phase for each stage, over the same
// Variables, of which those of one stage run at a time.
//
//   data -> pool to the stage -> [fade] --real--+-> critic_real --+
//                                               +-> penalty ------+-> critic_step    n_critic x
//   z ----> generate --------------------fake---+-> critic_fake --+
//   z2 ---> generate2 -> critic_judge ------------------------------> generator_step        1 x
#include "engine/error.h"
#include "graphs/image_topology.h"
#include "graphs/networks/progressive.h"
#include "graphs/parts/dataset.h"
#include "ops/layers/blend.h"
#include "ops/layers/forward.h"
#include "ops/losses/wasserstein.h"
#include "ops/optimizers/adam.h"
#include "ops/penalties/gradient_penalty.h"
#include "ops/ports.h"
#include "ops/primitives/pool.h"
#include "ops/sources/noise.h"

namespace ganflow {
namespace {

struct Pooled {
  Extent factor = 1;
  Value operator()(Formula&, Value x) const { return factor == 1 ? x : average_pool(x, factor); }
};

// What the stage before could have made of an image.
struct Coarse {
  Value operator()(Formula&, Value x) const { return upsample(average_pool(x)); }
};

// `count` in macro-iterations [first, last), 0 in all others.
Count during(std::uint64_t first, std::uint64_t last, int count) {
  return {fmt::format("{} from macro-iteration {} to {}", count, first, last),
          [=](std::uint64_t macro) { return macro >= first && macro < last ? count : 0; }};
}

}  // namespace

void progressive(Graph& g, const ProgressiveRecipe& recipe) {
  const int n_critic = recipe.n_critic;
  const int iterations = g.option("stage_iterations", recipe.stage_iterations);
  const int side = g.option("side", recipe.side), width = g.option("width", recipe.width);
  const int latent = g.option("latent", recipe.latent);
  if (iterations < 2)
    fail(Fault::usage, "--set stage_iterations={}: a stage needs at least 2", iterations);
  int stages = 0;
  for (Extent s = 4; s <= side; s *= 2) ++stages;
  g.defaults({.batch = recipe.batch,
              .steps = static_cast<Step>(stages) * static_cast<Step>(iterations * n_critic)});
  const DataSet data = add_data(g, g.data("cifar10"),
                                {.planes = true, .range = PixelRange::symmetric, .side = side});
  const Optimizer adam = Adam{.lr = g.scalar("lr", 1e-3), .beta1 = 0, .beta2 = 0.99};
  const bool deviation = g.option("deviation", 1) != 0;

  Network G, D;
  std::uint64_t first = 0;
  for (Extent s = 4; s <= side; s *= 2) {
    const std::string at = std::to_string(s);
    const auto begin = static_cast<Step>(first) * static_cast<Step>(n_critic);
    const auto half = static_cast<Step>(iterations / 2 * n_critic);
    Progressive o{
        .side = s, .width = width, .channels = data.picture.channels, .deviation = deviation};
    if (s > 4) o.alpha = g.scalar("alpha" + at, linear(0, 1, begin, begin + half));
    // One pair of networks: later stages see the same names.
    if (s == 4) {
      G = g.network("G", progressive_generator(o));
      D = g.network("D", progressive_critic(o));
    } else {
      G = Network("G", progressive_generator(o));
      D = Network("D", progressive_critic(o));
    }
    Port real = g.add("real" + at, Pooled{side / s}, data.port);
    if (s > 4)
      real = g.add("fade" + at, Blend{o.alpha}, g.add("coarse" + at, Coarse{}, real), real);
    const Port fake = g.add("generate" + at, Forward{G}, g.add("z" + at, Normal{.dim = latent}));
    const Port d_real = g.add("critic_real" + at, Forward{D}, real);
    const Port d_fake = g.add("critic_fake" + at, Forward{D}, fake);
    const GradientPenalty penalty{.critic = D, .coupled = deviation};
    const Port loss = g.add("loss" + at, Wasserstein{}, d_real, d_fake);
    const Port gp = g.add("penalty" + at, penalty, real, fake);
    const std::uint64_t last =
        s == side ? ~std::uint64_t{0} : first + static_cast<std::uint64_t>(iterations);
    g.phase("critic" + at, during(first, last, n_critic))
        .minimize("critic_step" + at, loss + gp, D, adam);
    const Port z = g.add("z2_" + at, Normal{.dim = latent});
    const Port judged =
        g.add("critic_judge" + at, Forward{D}, g.add("generate2_" + at, Forward{G}, z));
    g.phase("generator" + at, during(first, last, 1))
        .minimize("generator_step" + at,
                  g.add("generator_loss" + at, WassersteinGenerator{}, judged), G, adam);
    g.tap("wasserstein" + at, mean(d_real) - mean(d_fake));
    Picture picture = data.picture;
    picture.height = picture.width = s;
    g.sample(s == side ? "samples" : "samples" + at, fake, picture,
             every(static_cast<Step>(iterations * n_critic)));
    first = last;
  }
}

}  // namespace ganflow
