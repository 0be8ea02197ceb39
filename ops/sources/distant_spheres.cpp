#include "ops/sources/distant_spheres.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include "engine/error.h"
#include "engine/tensor/philox.h"

namespace ganflow {
namespace {

class DistanceSource : public Source {
 public:
  explicit DistanceSource(const DistantSpheres& o)
      : set_(o.spheres.geometry()), template_(set_, 0.0), mean_(o.mean), std_(o.std) {
    if (o.spheres.count != 2)
      fail(Fault::usage, "spheres: a distance of centres needs 2 spheres, count is {}",
           o.spheres.count);
    if (o.spheres.images != 0 || o.spheres.subset != 1.0)
      fail(Fault::usage,
           "spheres: images = {}, subset = {} with a law of the distance, which draws from all "
           "pairs: leave them out",
           o.spheres.images, o.spheres.subset);
    if (!(std_ > 0) || !std::isfinite(std_))
      fail(Fault::usage, "spheres: the distance's deviation is {}, it must be above 0", std_);
    std::map<int, std::vector<std::uint32_t>> by_square;
    for (std::uint64_t i = 0; i < set_.size(); ++i) {
      const Centres c = set_.centres(i);
      by_square[squared_distance(c[0], c[1])].push_back(static_cast<std::uint32_t>(i));
    }
    for (auto& [square, pairs] : by_square) {
      distances_.push_back(std::sqrt(square));
      pairs_.push_back(std::move(pairs));
    }
    if (!(mean_ >= distances_.front() && mean_ <= distances_.back()))
      fail(Fault::usage,
           "spheres: the distance's mean is {}, centres of the set are {} to {} apart", mean_,
           distances_.front(), distances_.back());
  }

  std::vector<PortSpec> outputs(Extent batch) const override {
    return {{Shape{batch, pixels()}, "NP"}};
  }

  void fill(const Draw& draw, Extent batch,
            std::span<const std::span<float>> outputs) const override {
    for (Extent i = 0; i < batch; ++i) {
      const auto row = static_cast<std::uint32_t>(i);
      const PhiloxBlock words = random_block(draw.seed, draw.stream, draw.step, row);
      const auto& pairs = pairs_[nearest(mean_ + std_ * normal_pair(words[0], words[1])[0])];
      const auto any =
          static_cast<std::size_t>(uniform01(words[2]) * static_cast<double>(pairs.size()));
      template_.render(set_.centres(pairs[any]), outputs[0].subspan(i * pixels(), pixels()));
    }
  }

 private:
  Extent pixels() const { return template_.side() * template_.side(); }

  std::size_t nearest(double distance) const {
    const auto above = std::ranges::lower_bound(distances_, distance);
    if (above == distances_.begin()) return 0;
    const auto at = static_cast<std::size_t>(above - distances_.begin());
    const bool last = above == distances_.end();
    return last || distance - distances_[at - 1] < *above - distance ? at - 1 : at;
  }

  SphereSet set_;
  SphereTemplate template_;
  double mean_, std_;
  std::vector<double> distances_;                  // that pairs have, ascending
  std::vector<std::vector<std::uint32_t>> pairs_;  // of each
};

}  // namespace

std::shared_ptr<const Source> DistantSpheres::open() const {
  return std::make_shared<DistanceSource>(*this);
}

}  // namespace ganflow
