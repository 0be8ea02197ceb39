#include "graphs/parts/dataset.h"

#include <fmt/ranges.h>

#include <charconv>

#include "engine/error.h"
#include "engine/program/affine.h"
#include "engine/program/leaves.h"
#include "engine/suggest.h"
#include "graphs/parts/stored_sets.h"
#include "ops/metrics/density_kl_1d.h"
#include "ops/metrics/mode_coverage.h"
#include "ops/metrics/sphere_quality.h"
#include "ops/metrics/swiss_roll_quality.h"
#include "ops/primitives/layout.h"
#include "ops/sources/gaussian1d.h"
#include "ops/sources/gaussians2d.h"
#include "ops/sources/spheres.h"
#include "ops/sources/swiss_roll.h"

namespace ganflow {
namespace {

// "spheres:48" -> {"spheres", "48"}, "mnist#test" -> {"mnist", "#test"}.
std::pair<std::string, std::string> split(const std::string& name) {
  const auto end = name.find_first_of(":#");
  if (end == std::string::npos) return {name, ""};
  return {name.substr(0, end), name.substr(end + (name[end] == ':' ? 1 : 0))};
}

Spheres sphere_options(Graph& g, const std::string& variant) {
  Spheres spheres;
  if (variant == "two") {
    spheres.count = 2;
  } else if (!variant.empty()) {
    const char* end = variant.data() + variant.size();
    if (std::from_chars(variant.data(), end, spheres.side).ptr != end)
      fail(Fault::usage, "--data spheres:{}: the variant is 'two' or the side in pixels", variant);
  }
  spheres.count =
      g.option(Option<int>{"spheres.count", spheres.count, between(1, 2), "spheres in an image"});
  spheres.side = g.option(Option<int>{"spheres.side", static_cast<int>(spheres.side),
                                      between(1, 1024), "pixels of an image along an axis"});
  spheres.radius = g.option(Option<int>{"spheres.radius", static_cast<int>(spheres.radius),
                                        at_least(1), "of a sphere, pixels (R-16)"});
  spheres.grid = g.option(Choice<SphereGrid>{"spheres.grid", "by_count", sphere_grids(),
                                             "where centres may lie (R-15)"});
  spheres.images = static_cast<std::uint64_t>(g.option(
      Option<int>{"spheres.images", 0, at_least(0), "images kept of the set, 0: all (R-30)"}));
  return spheres;
}

SphereQuality sphere_quality(Graph& g, const std::string& variant, const Scalar& k) {
  return {.spheres = sphere_options(g, variant),
          .k = k,
          .bandwidth = g.option(Option<double>{"kl.bandwidth", 1, above(0),
                                               "of the KL's Parzen kernel, pixels (R-19)"}),
          .step = g.option(Option<double>{"kl.step",
                                          0.1,
                                          {.least = 0, .most = 1, .open_least = true},
                                          "of the KL's grid for one sphere, pixels (R-21)"}),
          .renormalise = g.option(Option<bool>{
              "kl.renormalise", true, "undo the kernel mass lost over the border (R-20)"})};
}

// Gray images between the form of the spheres, (N, P) in [0, 1], and the form that was asked for.
Port formed(Graph& g, const std::string& node, Port rows, Extent side, DataForm form) {
  const bool symmetric = form.range == PixelRange::symmetric;
  if (!form.planes && !symmetric) return rows;
  return g.add(
      node,
      [=](Formula&, Value x) {
        if (symmetric) x = affine(x, 2, -1);
        return form.planes ? reshape(x, {x.rows(), 1, side, side}) : x;
      },
      rows);
}
Port unformed(Graph& g, const std::string& node, Port images, DataForm form) {
  const bool symmetric = form.range == PixelRange::symmetric;
  if (!form.planes && !symmetric) return images;
  return g.add(
      node,
      [=](Formula&, Value x) {
        if (symmetric) x = affine(x, 0.5, 0.5);
        return reshape(x, {x.rows(), x.shape().row_elements()});
      },
      images);
}

DataSet add_spheres(Graph& g, const std::string& name, const std::string& variant, DataForm form) {
  const Spheres set = sphere_options(g, variant);
  const Port rows = g.add(name, set);
  return {.port = formed(g, name + ".images", rows, set.side, form),
          .features = set.side * set.side,
          .picture = {.height = set.side,
                      .width = set.side,
                      .channels = 1,
                      .lo = form.range == PixelRange::unit ? 0.0 : -1.0,
                      .hi = 1}};
}

template <class Set>
DataSet add_points(Graph& g, const std::string& name, Extent features, double reach) {
  return {.port = g.add(name, Set{}),
          .features = features,
          .picture = {.channels = 0, .lo = -reach, .hi = reach}};
}

enum class Kind { points, plain_images, labelled_images };

struct Entry {
  DataSetInfo info;
  Kind kind;
  DataSet (*add)(Graph&, const std::string& name, const std::string& variant, DataForm);
  void (*evaluate)(Graph&, const std::string& variant, Port, Scalar, Every, DataForm);
};

const std::vector<Entry>& entries() {
  static const std::vector<Entry> all = {
      {{"spheres", "artificial spheres, 28x28; spheres:48 is 48x48, spheres:two has two spheres"},
       Kind::plain_images,
       add_spheres,
       [](Graph& g, const std::string& variant, Port samples, Scalar k, Every every,
          DataForm form) {
         g.evaluate("quality", sphere_quality(g, variant, k),
                    unformed(g, "quality.images", samples, form), every);
       }},
      {{"gaussian1d", "one number, N(-0.6, 1)"},
       Kind::points,
       [](Graph& g, const std::string& name, const std::string&, DataForm) {
         return add_points<Gaussian1d>(g, name, 1, 5);
       },
       [](Graph& g, const std::string&, Port samples, Scalar, Every every, DataForm) {
         g.evaluate("quality", DensityKl1d{}, samples, every);
       }},
      {{"gaussians8", "ring of 8 Gaussians in the plane"},
       Kind::points,
       [](Graph& g, const std::string& name, const std::string&, DataForm) {
         return add_points<Gaussians8>(g, name, 2, 2);
       },
       [](Graph& g, const std::string&, Port samples, Scalar, Every every, DataForm) {
         g.evaluate("quality", ModeCoverage{.set = ToyMixture::gaussians8}, samples, every);
       }},
      {{"gaussians25", "5 x 5 grid of Gaussians in the plane"},
       Kind::points,
       [](Graph& g, const std::string& name, const std::string&, DataForm) {
         return add_points<Gaussians25>(g, name, 2, 2);
       },
       [](Graph& g, const std::string&, Port samples, Scalar, Every every, DataForm) {
         g.evaluate("quality", ModeCoverage{.set = ToyMixture::gaussians25}, samples, every);
       }},
      {{"swissroll", "the Swiss roll seen from its side"},
       Kind::points,
       [](Graph& g, const std::string& name, const std::string&, DataForm) {
         return add_points<SwissRoll>(g, name, 2, 2.5);
       },
       [](Graph& g, const std::string&, Port samples, Scalar, Every every, DataForm) {
         g.evaluate("quality", SwissRollQuality{}, samples, every);
       }},
      {{"mnist",
        "mnist:DIR, handwritten digits 28x28, IDX files plain or gzip, 10 labels; #test: the test "
        "images, as of every set in files"},
       Kind::labelled_images,
       add_mnist,
       nullptr},
      {{"fashion-mnist", "fashion-mnist:DIR, clothing 28x28, IDX files plain or gzip, 10 labels"},
       Kind::labelled_images,
       add_mnist,
       nullptr},
      {{"emnist",
        "emnist:DIR, handwritten letters and digits 28x28, IDX files plain or gzip; #balanced (47 "
        "labels, unless said), #byclass, #bymerge, #letters, #digits, #mnist"},
       Kind::labelled_images,
       add_emnist,
       nullptr},
      {{"cifar10", "cifar10:DIR, photographs 32x32 RGB, binary version plain or gzip, 10 labels"},
       Kind::labelled_images,
       add_cifar10,
       nullptr},
      {{"cifar100",
        "cifar100:DIR, photographs 32x32 RGB, binary version plain or gzip, 100 labels; #coarse: "
        "20 labels"},
       Kind::labelled_images,
       add_cifar100,
       nullptr},
      {{"images",
        "images:DIR or images:FILE.zip, PNG, JPEG, WebP, GIF, TIFF and BMP files, a folder per "
        "label; #val or #test: that part beside train; #skip-bad: without unreadable files; "
        "images.side, images.crop, images.channels, images.background"},
       Kind::labelled_images,
       add_folder,
       nullptr},
      {{"hdf5",
        "hdf5:FILE, /images uint8 (N,H,W,C) or (N,C,H,W), or numbers from 0 to 1 or -1 to 1; "
        "/labels "
        "optional; #images=NAME, #labels=NAME: datasets of other names"},
       Kind::labelled_images,
       add_packed,
       nullptr},
  };
  return all;
}

const Entry& find(const std::string& name) {
  std::vector<std::string> known;
  for (const Entry& entry : entries()) {
    if (entry.info.name == name) return entry;
    known.push_back(entry.info.name);
  }
  fail(Fault::usage, "--data {}: no such data set{}", name, suggestion(name, known));
}

std::string names_from(Kind least) {
  std::vector<std::string> names;
  for (const Entry& entry : entries())
    if (entry.kind >= least) names.push_back(entry.info.name);
  return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace

Port DataSet::label() const {
  if (has_label()) return port.output("label");
  fail(Fault::usage,
       "data set '{}' has no labels{}, which graph '{}' needs: choose one of {}, with labels", name,
       unlabelled.empty() ? "" : " (" + unlabelled + ")", port.graph().name(),
       names_from(Kind::labelled_images));
}

namespace {

// "32 x 32 pixels with 3 channels"; 0 means any.
std::string size_text(Extent height, Extent width, Extent channels) {
  std::string text = height ? fmt::format("{} x {} pixels", height, width) : "any size";
  if (channels) text += fmt::format(" with {} channel{}", channels, channels == 1 ? "" : "s");
  return text;
}

// How images in files become what the graph needs.
std::string advice(const Entry& entry, const DataSet& data, const DataForm& form) {
  const Picture& p = data.picture;
  if (entry.kind != Kind::labelled_images) return {};
  if (form.channels && p.channels != form.channels)
    return entry.info.name == "images"
               ? fmt::format(": --set images.channels={} converts them", form.channels)
               : "";
  return fmt::format(": --set size={} resizes them", form.side);
}

}  // namespace

DataSet add_data(Graph& graph, const std::string& name, DataForm form) {
  const auto [set, variant] = split(name);
  const Entry& entry = find(set);
  if (form.planes && entry.kind == Kind::points)
    fail(Fault::usage, "data set '{}' holds points, graph '{}' needs images: choose one of {}", set,
         graph.name(), names_from(Kind::plain_images));
  if (entry.kind == Kind::points && !variant.empty())
    fail(Fault::usage, "--data {}: '{}' takes nothing behind its name, write --data {}", name, set,
         set);
  if (form.part != Part::whole && entry.kind != Kind::labelled_images)
    fail(Fault::usage, "data set '{}' is drawn without end and holds nothing out: choose one of {}",
         set, names_from(Kind::labelled_images));
  DataSet data = entry.add(graph, set, variant, form);
  data.name = name;
  const Picture& p = data.picture;
  const bool fits =
      (!form.side || form.any_size || (p.height == form.side && p.width == form.side)) &&
      (!form.channels || p.channels == form.channels);
  if (!fits)
    fail(Fault::usage, "data set '{}' holds images of {}, graph '{}' needs {}{}", name,
         size_text(p.height, p.width, p.channels), graph.name(),
         size_text(form.any_size ? 0 : form.side, form.any_size ? 0 : form.side, form.channels),
         advice(entry, data, form));
  return data;
}

void evaluate_data(Graph& graph, const std::string& name, Port samples, Scalar k, Every every,
                   DataForm form) {
  const auto [set, variant] = split(name);
  if (const auto evaluate = find(set).evaluate) evaluate(graph, variant, samples, k, every, form);
}

std::vector<DataSetInfo> data_sets() {
  std::vector<DataSetInfo> infos;
  for (const Entry& entry : entries()) infos.push_back(entry.info);
  return infos;
}

}  // namespace ganflow
