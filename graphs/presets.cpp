#include "graphs/presets.h"

#include "graphs/papers/divergences.h"
#include "graphs/papers/guide.h"
#include "graphs/papers/lecture.h"
#include "graphs/papers/mu_wgan.h"
#include "graphs/papers/smooth_gan.h"
#include "graphs/papers/smooth_gan_baselines.h"
#include "graphs/papers/theory.h"
#include "graphs/papers/thesis.h"
#include "graphs/ready.h"

namespace ganflow {

std::vector<NamedGraph> graphs() { return ready_graphs(); }

std::vector<NamedGraph> presets() {
  std::vector<NamedGraph> all;
  for (const auto& paper :
       {thesis_presets, mu_wgan_presets, guide_presets, smooth_gan_presets, smooth_gan_baselines,
        lecture_presets, theory_presets, divergence_presets}) {
    const std::vector<NamedGraph> list = paper();
    all.insert(all.end(), list.begin(), list.end());
  }
  return all;
}

}  // namespace ganflow
