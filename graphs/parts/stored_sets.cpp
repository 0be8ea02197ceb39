#include "graphs/parts/stored_sets.h"

#include <fmt/ranges.h>

#include <functional>
#include <string>
#include <vector>

#include "engine/error.h"
#include "graphs/parts/data_path.h"
#include "graphs/parts/image_data.h"
#include "io/data/cifar10.h"
#include "io/data/cifar100.h"
#include "io/data/emnist.h"
#include "io/data/hdf5_images.h"
#include "io/data/idx.h"
#include "io/data/image_folder.h"
#include "io/data/resample.h"

namespace ganflow {
namespace {

const std::vector<std::string> kParts = {"train", "test"};

const std::vector<std::string> kDigits = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"};
const std::vector<std::string> kClothes = {"T-shirt/top", "Trouser",   "Pullover", "Dress",
                                           "Coat",        "Sandal",    "Shirt",    "Sneaker",
                                           "Bag",         "Ankle boot"};

Split chosen_split(const DataPath& data) {
  return data.part == "test" ? Split::test : Split::train;
}

// What `read` returns, with images of that side; 0: as they are.
std::function<ImageSet()> resized(Extent side, const std::function<ImageSet()>& read) {
  return [side, read] {
    ImageSet set = read();
    if (side > 0) resize_images(set, side);
    return set;
  };
}

// The node of a set that lies in a directory; `folder` is its name below $GANFLOW_DATA.
template <class Read>
DataSet add_directory(Graph& graph, const std::string& set, DataPath data,
                      const std::string& folder, DataForm form, Read read) {
  if (form.part == Part::held_out && data.part.empty()) {
    data.part = "test";
    data.node = set + ".test";
  }
  data.path = data_directory(graph, set, data.node, data.path, folder);
  const Extent side = size_option(graph);
  const std::string key =
      fmt::format("{} {} {} {}", set, side, fmt::join(data.others, " "), data.path);
  return add_images(graph, data.node, key, form, resized(side, [&] { return read(data); }));
}

// The node of a set without test files.
DataSet add_parted(Graph& g, const std::string& node, const std::string& key, DataForm form,
                   const std::function<ImageSet()>& read) {
  const bool held_out = form.part == Part::held_out;
  const char* part = form.part == Part::whole ? "" : held_out ? " held out" : " trained";
  return add_images(g, held_out ? node + ".test" : node, key + part, form,
                    [&] { return part_of(read(), form.part); });
}

}  // namespace

DataSet add_mnist(Graph& g, const std::string& set, const std::string& text, DataForm form) {
  return add_directory(g, set, data_path(g, set, text, {.parts = kParts}), set, form,
                       [&](const DataPath& data) {
                         ImageSet images = read_idx_set(data.path, chosen_split(data));
                         images.class_names = set == "mnist" ? kDigits : kClothes;
                         return images;
                       });
}

DataSet add_emnist(Graph& g, const std::string& set, const std::string& text, DataForm form) {
  const DataPath data = data_path(g, set, text, {.parts = kParts, .others = emnist_parts()});
  if (data.others.size() > 1)
    fail(Fault::usage, "--data {}:{}: #{} are {} parts of EMNIST, name one", set, text,
         fmt::join(data.others, " and #"), data.others.size());
  return add_directory(g, set, data, set, form, [](const DataPath& d) {
    return read_emnist(d.path, d.others.empty() ? "" : d.others[0], chosen_split(d));
  });
}

DataSet add_cifar10(Graph& g, const std::string& set, const std::string& text, DataForm form) {
  return add_directory(
      g, set, data_path(g, set, text, {.parts = kParts}), "cifar-10", form,
      [](const DataPath& data) { return read_cifar10(data.path, chosen_split(data)); });
}

DataSet add_cifar100(Graph& g, const std::string& set, const std::string& text, DataForm form) {
  return add_directory(g, set, data_path(g, set, text, {.parts = kParts, .others = {"coarse"}}),
                       "cifar-100", form, [](const DataPath& data) {
                         return read_cifar100(
                             data.path, chosen_split(data),
                             data.has("coarse") ? CifarLabels::coarse : CifarLabels::fine);
                       });
}

DataSet add_folder(Graph& g, const std::string& set, const std::string& text, DataForm form) {
  const DataPath data =
      data_path(g, set, text, {.parts = {"train", "val", "test"}, .others = {"skip-bad"}});
  if (data.path.empty())
    fail(Fault::usage, "--data images: say where the files are, --data images:DIR");
  const Extent size = size_option(g);
  const ImageFolder options{
      .side = g.option(Option<int>{"images.side", static_cast<int>(size ? size : form.side),
                                   at_least(0),
                                   "side that images are resized to, pixels; 0: as they are"}),
      .crop =
          g.option(Option<int>{"images.crop", 0, at_least(0),
                               "side of the centred square cut out first, pixels; 0: the largest"}),
      .channels = g.option(Option<int>{"images.channels", static_cast<int>(form.channels),
                                       between(0, 3), "1 or 3; 0: as the files have"}),
      .background =
          g.option(Option<int>{"images.background", 0, between(0, 255),
                               "grey level under transparent pixels: 0 black, 255 white"}),
      .split = data.part,
      .skip_bad = data.has("skip-bad")};
  return add_parted(g, data.node,
                    fmt::format("images {} {} {} {} {}", options.side, options.crop,
                                options.channels, options.background, text),
                    form, [&] { return read_image_folder(data.path, options); });
}

DataSet add_packed(Graph& g, const std::string& set, const std::string& text, DataForm form) {
  const DataPath data =
      data_path(g, set, text, {.parts = {"train", "val", "test"}, .named = {"images", "labels"}});
  if (data.path.empty()) fail(Fault::usage, "--data hdf5: say which file, --data hdf5:FILE");
  const PackedNames names{
      .images = data.value("images"), .labels = data.value("labels"), .split = data.part};
  const Extent side = size_option(g);
  return add_parted(g, data.node, fmt::format("hdf5 {} {}", side, text), form,
                    resized(side, [&] { return read_hdf5_images(data.path, names); }));
}

}  // namespace ganflow
