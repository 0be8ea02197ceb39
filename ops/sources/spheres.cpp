#include "ops/sources/spheres.h"

#include <cmath>

#include "engine/error.h"
#include "engine/tensor/philox.h"
#include "ops/primitives/batches.h"
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
        batches_{.order = set_order(kept_, options.with_replacement ? formulas::Visit::replacement
                                                                    : formulas::Visit::epochs),
                 .all = bijection(set_.size()),
                 .subset_seed = options.subset_seed,
                 .subset_stream = stream_id("spheres.subset"),
                 .is_subset = kept_ != set_.size(),
                 .images = set_.order()} {}

  std::vector<PortSpec> outputs(Extent batch) const override {
    return {{Shape{batch, pixels()}, "NP"}};
  }
  std::optional<std::uint64_t> size() const override { return kept_; }

  void fill(const Draw& draw, Extent batch,
            std::span<const std::span<float>> outputs) const override {
    const std::span<float> out = outputs[0];
    const auto count = static_cast<std::size_t>(set_.geometry().count);
    for (Extent i = 0; i < batch; ++i) {
      const std::uint64_t item = item_of(batches_.order, draw, batch, i);
      const Centres c = set_.centres(formulas::sphere_image(batches_, item));
      template_.render(std::span(c).first(count), out.subspan(i * pixels(), pixels()));
    }
  }

  std::optional<Resident> resident() const override {
    const Extent side = template_.side(), width = 2 * side - 1;
    return Resident{
        .tables = {words(std::as_bytes(std::span(&batches_, 1))),
                   words(bytes_of(set_.gaps())),
                   words(bytes_of(set_.starts())),
                   {{Shape{width, width}, DType::real}, bytes_of(template_.table())}},
        .draw = [this, side](std::span<const Value> tables, Extent batch, const DrawBy& by) {
          const Value places =
              sphere_places(tables[0], tables[1], tables[2], batch, batches_.images.count, by);
          return std::vector{sphere_images(places, tables[3], side, set_.positions(), set_.low())};
        }};
  }

 private:
  Extent pixels() const { return template_.side() * template_.side(); }

  SphereSet set_;
  SphereTemplate template_;
  std::uint64_t kept_;
  formulas::SphereBatches batches_;
};

}  // namespace

std::shared_ptr<const Source> Spheres::open() const {
  return std::make_shared<SphereSource>(*this);
}

}  // namespace ganflow
