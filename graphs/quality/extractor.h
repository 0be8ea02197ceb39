// What sees features and classes in images: a trained network read from a file, run forward by the
// same compiler as training.
//
//   network     options of the file                              images it takes
//   classifier  width, blocks, classes, image.height, image.width,       of its own size and
//   channels
//               image.channels (graphs/networks/classifier.h)
//   inception   depth (graphs/networks/inception.h)              any size, 1 or 3 channels
//
// Logits of Inception are those of its 1008 classes without bias, as in the inception score of its
// lineage; depths below 2048 have none.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "engine/device/device.h"
#include "engine/graph/lowered.h"
#include "engine/graph/picture.h"
#include "graphs/networks/classifier.h"
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
  // Of the program that sees such images.
  std::uint64_t program_hash(const Picture& picture) const { return lowered(picture).hash; }
  // What happens to the size of images.
  std::string resize_rule() const;
  // Size and channels of the images it takes; 0: any.
  const Picture& takes() const { return takes_; }
  bool has_classes() const { return classes_ > 0; }
  Extent features() const { return features_; }  // of an image

  // Throws Error(usage) for images that the network does not take.
  void require_images(const Picture& picture) const;
  // Of n images (n, C H W), which are as `picture` says. Throws as above.
  Extracted extract(std::span<const float> images, Extent n, const Picture& picture) const;

 private:
  // The network on images of this size, made at first sight.
  const LoweredReplica& lowered(const Picture& picture) const;
  LoweredReplica lower_for(const Picture& picture) const;

  std::string where_;
  ExtractorFile file_;
  Picture takes_;
  Extent classes_ = 0, features_ = 0;
  std::shared_ptr<const Device> device_;
  Restored state_;
  mutable std::mutex mutex_;
  mutable std::map<std::array<Extent, 3>, LoweredReplica> lowered_;  // by height, width, channels
};

// Read once a process. Throws as read_extractor() and the constructor do.
std::shared_ptr<const Extractor> open_extractor(const std::string& path);

// The options of the file for a classifier that graphs/quality/classifier.h trained on images like
// `picture`, of this width and number of blocks, and the Variables it keeps of that run's.
ExtractorFile classifier_extractor(const Picture& picture, Extent classes,
                                   const ClassifierNetwork& network,
                                   const std::map<std::string, std::vector<float>>& values,
                                   const std::map<std::string, Shape>& shapes);

}  // namespace ganflow
