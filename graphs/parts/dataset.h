// Data sets by the name that --data takes, a variant or path behind a colon: "swissroll",
// "spheres:48", "mnist:DIR". data_sets() and `ganflow list` name all of them.
#pragma once

#include <string>
#include <vector>

#include "engine/graph/graph.h"
#include "ops/sources/memory_set.h"

namespace ganflow {

// Which items of a set of stored images. Held out are those of its test files; of a set that has
// none, every tenth.
enum class Part : std::uint8_t {
  whole,     // all but the test files
  trained,   // all but those held out
  held_out,  // in order; the node is named "<set>.test"
};

// What results call them, of a set as --data says it: "mnist", "mnist#test".
std::string name_of_part(const std::string& data, Part part);

// How a topology wants its images; point sets have one form only.
struct DataForm {
  bool planes = false;                  // (N, C, H, W); otherwise flat (N, P), P = C H W
  PixelRange range = PixelRange::unit;  // of pixels, that of the generator's last activation
  bool dequantise = false;              // of stored images, unless --set dequantise says otherwise
  Extent side = 0;                      // square images the networks are made for; 0: any size
  bool any_size = false;                // side is only what folders are resized to
  Extent channels = 0;                  // 1 or 3; 0: any
  Part part = Part::whole;
  bool in_order = false;  // of stored images: item after item, as those held out always are
};

// What a topology has to know about its data.
struct DataSet {
  Port port;               // (N, P), (N, C, H, W) or points (N, F)
  Extent features = 0;     // P or F
  Picture picture;         // how samples are drawn
  Extent count = 0;        // of stored items; 0: drawn without end
  std::string name = {};   // as --data says it, "hdf5:FILE"
  bool stored = false;     // images of files: nothing is known of them but themselves
  std::string unlabelled;  // why there are no labels, if more can be said than that
  bool image() const { return picture.channels > 0; }

  bool has_label() const { return port.has_output("label"); }
  // Labels (N) of the images in `port`, numbers 0 .. label().classes() - 1. Throws Error(usage)
  // naming the sets that have labels if this one has none.
  Port label() const;
};

// Adds the source node, named after the set. Options of the set are options of the graph:
// gaussian1d.mean, gaussian1d.std; spheres.count, spheres.side, spheres.radius, spheres.grid,
// spheres.shape, spheres.aspect, spheres.images, spheres.distance and its .std; images.side,
// images.crop, images.channels; size and dequantise of every stored set. Throws Error(usage) for a
// name, a directory or a file that does not exist, for points where images are wanted and for
// images of another size than the form says, Error(input) for damaged files. Image folders are
// resized and converted to that form.
DataSet add_data(Graph& graph, const std::string& name, DataForm form = {});

// Adds what measures samples of this set: KL and RMSE of spheres (rendered at sharpness `k`), KL of
// the 1-D Gaussian, mode coverage of the point sets, their exact W1 (option w1) and likelihood
// (parzen). Nothing for stored images, which report_samples measures (reports.h). `form` is what
// add_data was given. Options of the spheres' KL: kl.samples, kl.bandwidth, kl.step,
// kl.renormalise.
void evaluate_data(Graph& graph, const std::string& name, Port samples, Scalar k, Every every,
                   DataForm form = {});

struct DataSetInfo {
  std::string name, description;
};
std::vector<DataSetInfo> data_sets();

}  // namespace ganflow
