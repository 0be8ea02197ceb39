#include "graphs/experiments.h"

#include "graphs/papers/guide_experiments.h"
#include "graphs/papers/lecture_experiments.h"
#include "graphs/papers/mu_wgan_experiments.h"
#include "graphs/papers/smooth_gan_experiments.h"
#include "graphs/papers/theory_experiments.h"
#include "graphs/papers/thesis_experiments.h"
#include "graphs/papers/thesis_studies.h"

namespace ganflow {

std::vector<Experiment> experiments() {
  std::vector<Experiment> all;
  for (const auto& paper :
       {thesis_experiments, thesis_studies, smooth_gan_experiments, guide_experiments,
        lecture_experiments, mu_wgan_experiments, theory_experiments}) {
    const std::vector<Experiment> list = paper();
    all.insert(all.end(), list.begin(), list.end());
  }
  return all;
}

}  // namespace ganflow
