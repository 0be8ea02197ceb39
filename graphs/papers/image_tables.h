// What the papers' tables of images share: how samples are measured, and what the user brings.
#pragma once

#include <string>

#include "graphs/experiment.h"

namespace ganflow {

// An experiment without cells, measured by FID (of an extractor, if one is named), random-feature
// KID, sliced Wasserstein distance and MS-SSIM: the numbers are ours, since published FIDs see by
// Inception (R-12) and figures are judged by eye. `set` is what to bring, "CIFAR-10, --data
// cifar10:DIR", `cost` that of the whole.
Experiment image_table(const std::string& name, const std::string& title, const std::string& rows,
                       const std::string& set, const std::string& cost);

extern const char* const kBringCifar;
extern const char* const kBringMnist;
extern const char* const kBringFaces;

// By FID and by random-feature KID: cell `better` is at most cell `worse`.
void claim_order(Experiment& e, const std::string& better, const std::string& worse);

}  // namespace ganflow
