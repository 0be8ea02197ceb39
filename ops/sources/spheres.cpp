#include "ops/sources/spheres.h"

#include <cmath>

#include "engine/error.h"
#include "engine/tensor/philox.h"
#include "ops/sources/permutation.h"

namespace ganflow {
namespace {

std::uint64_t kept_images(const Spheres& options, std::uint64_t all) {
  if (options.images > 0) {
    if (options.subset != 1.0)
      fail(Fault::usage, "spheres: both images = {} and subset = {} are given, keep one of them",
           options.images, options.subset);
    if (options.images > all)
      fail(Fault::usage, "spheres: images = {} are wanted, the set has {}, ask for at most {}",
           options.images, all, all);
    return options.images;
  }
  if (!(options.subset > 0 && options.subset <= 1))
    fail(Fault::usage, "spheres: subset is {}, it must be a fraction above 0 and at most 1",
         options.subset);
  const auto kept =
      static_cast<std::uint64_t>(std::llround(options.subset * static_cast<double>(all)));
  if (kept == 0)
    fail(Fault::usage, "spheres: subset {} of {} images is none, make it at least {:.2g}",
         options.subset, all, 1.0 / static_cast<double>(all));
  return kept;
}

class SphereSource : public Source {
 public:
  explicit SphereSource(const Spheres& options)
      : set_(options.geometry()),
        template_(set_, 0.0),
        kept_(kept_images(options, set_.size())),
        subset_(options.subset_seed, stream_id("spheres.subset"), 0, set_.size()),
        with_replacement_(options.with_replacement) {}

  std::vector<PortSpec> outputs(Extent batch) const override {
    return {{Shape{batch, pixels()}, "NP"}};
  }
  std::optional<std::uint64_t> size() const override { return kept_; }

  void fill(const Draw& draw, Extent batch,
            std::span<const std::span<float>> outputs) const override {
    const std::span<float> out = outputs[0];
    const EpochOrder order(draw, batch, kept_, with_replacement_);
    const auto count = static_cast<std::size_t>(set_.geometry().count);
    for (Extent i = 0; i < batch; ++i) {
      const std::uint64_t item = order.item(i);
      const Centres c = set_.centres(kept_ == set_.size() ? item : subset_(item));
      template_.render(std::span(c).first(count), out.subspan(i * pixels(), pixels()));
    }
  }

 private:
  Extent pixels() const { return template_.side() * template_.side(); }

  SphereSet set_;
  SphereTemplate template_;
  std::uint64_t kept_;
  Permutation subset_;
  bool with_replacement_;
};

}  // namespace

std::shared_ptr<const Source> Spheres::open() const {
  return std::make_shared<SphereSource>(*this);
}

}  // namespace ganflow
