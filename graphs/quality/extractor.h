// What sees features and classes in images: a trained network read from a file, run forward by the
// same compiler as training.
//
// Networks by name: "classifier", graphs/networks/classifier.h, with options width,
// classes, image.height, image.width, image.channels; it takes images of its own size and channels,
// pixels in [-1, 1].
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/device/device.h"
#include "engine/graph/lowered.h"
#include "engine/graph/picture.h"
#include "io/run/extractor_file.h"

namespace ganflow {

// Rows of the last but one layer, and logits.
struct Extracted {
  Extent n = 0, width = 0, classes = 0;
  std::vector<float> features;  // (n, width)
  std::vector<float> logits;    // (n, classes)
};

// Immutable; extract() may be called from several threads.
class Extractor {
 public:
  // `where` is its name in messages. Throws Error(input) for a network of another kind or weights
  // that are not the network's.
  Extractor(const std::string& where, ExtractorFile file);

  const ExtractorFile& file() const { return file_; }
  // "classifier 1a2b3c4d": the network and the state_crc of its weights.
  std::string name() const;
  // What happens to images of another size.
  std::string resize_rule() const { return "none"; }
  const Picture& takes() const { return takes_; }

  // Throws Error(usage) for images that the network does not take.
  void require_images(const Picture& picture) const;
  // Of n images (n, C H W), which are as `picture` says. Throws as above.
  Extracted extract(std::span<const float> images, Extent n, const Picture& picture) const;

 private:
  std::string where_;
  ExtractorFile file_;
  Picture takes_;  // what the network sees
  Extent classes_ = 0;
  std::shared_ptr<const Device> device_;
  LoweredReplica lowered_;
  Restored state_;
};

// Read once a process. Throws as read_extractor() and the constructor do.
std::shared_ptr<const Extractor> open_extractor(const std::string& path);

// The options of the file for a classifier that graphs/quality/classifier.h trained on images like
// `picture`, and the Variables it keeps of that run's.
ExtractorFile classifier_extractor(const Picture& picture, Extent classes, Extent width,
                                   const std::map<std::string, std::vector<float>>& values,
                                   const std::map<std::string, Shape>& shapes);

}  // namespace ganflow
