// Printed by quality_measures.py.
#pragma once

namespace reference {

// torch-fidelity's, scipy's
inline constexpr double kFid[2] = {0.56223554334552261, 0.56223554334552572};
inline constexpr double kKid[1] = {0.05486671045967606};
// mean, deviation
inline constexpr double kInceptionScore[2] = {3.8139270172299726, 0.27499956713575513};
// k = 3: precision, recall by torch-fidelity
inline constexpr double kPrecisionRecall[2] = {0.94999998807907104, 0.42333334684371948};
// k = 5: precision, recall, density, coverage by prdc
inline constexpr double kPrdc[4] = {0.97999999999999998, 0.55333333333333334, 1.8486666666666669,
                                    0.97666666666666668};
// sliced Wasserstein distance of order 2 by POT, along 40 directions
inline constexpr double kSlicedWasserstein[1] = {0.16752566966038271};
// pytorch-msssim: images (3, 176, 176) in [0, 1], (1, 176, 176); the second of each pair is
// a mix, 0.7 of the first and 0.3 of a third
inline constexpr double kMsSsim3[1] = {0.95837966337159342};
inline constexpr double kMsSsim1[1] = {0.95956021548881543};
// images of 28 x 28, the second half of either: 5 scales of shrinking windows, 2 scales of
// windows of 11, by msssim_small below
inline constexpr double kMsSsimSmall[2] = {0.90522244906732863, 0.88080376569603447};

}  // namespace reference
