#include "graphs/papers/image_tables.h"

#include <fmt/format.h>

namespace ganflow {

const char* const kBringCifar = "CIFAR-10, --data cifar10:DIR";
const char* const kBringMnist = "MNIST, --data mnist:DIR";
const char* const kBringFaces = "aligned faces, --data images:DIR";

Experiment image_table(const std::string& name, const std::string& title, const std::string& rows,
                       const std::string& set, const std::string& cost) {
  return {.name = name,
          .title = title,
          .rows = rows,
          .measures = {{"FID", "features.fid"},
                       {"random-feature KID", "quality.kid_random"},
                       {"sliced Wasserstein", "quality.swd"},
                       {"MS-SSIM", "quality.msssim"}},
          .brings = fmt::format("bring {}, and for what an extractor sees, --set extractor=FILE; "
                                "{} at full length, shorten by --steps",
                                set, cost)};
}

void claim_order(Experiment& e, const std::string& better, const std::string& worse) {
  for (const char* measure : {"FID", "random-feature KID"})
    e.claims.push_back({fmt::format("{}: '{}' is at most '{}'", measure, better, worse),
                        {1, better, measure},
                        {1, worse, measure}});
}

}  // namespace ganflow
