#!/usr/bin/env python3
"""Quality measures of fixed sets by their published implementations, printed as quality_measures.h.

    PYTHONPATH=DIR /usr/bin/python3 tests/references/quality_measures.py \
        > tests/references/quality_measures.h

DIR holds torch_fidelity 0.4.0, prdc 0.2, pytorch_msssim 1.0.0 and POT 0.9.7 (pip download
--no-deps, unzip); torch 1.13.1, torchvision, scipy, sklearn and tqdm are Debian's. Features and
images are the exact functions of their indices below, as in tests/support/quality_sets.h.
"""
import contextlib
import io

import numpy as np
import ot
import torch
import pytorch_msssim
from prdc import compute_prdc
from scipy import linalg, ndimage
from torch_fidelity.metric_fid import fid_features_to_statistics, fid_statistics_to_metric
from torch_fidelity.metric_isc import isc_features_to_metric
from torch_fidelity.metric_kid import kid_features_to_metric
from torch_fidelity.metric_prc import prc_features_to_metric


def uniform(stream, i, j):
    """In [0, 1), 24 bits, by integer mixing."""
    x = (stream * 0x9E3779B1 + i * 0x85EBCA77 + j * 0xC2B2AE3D) & 0xFFFFFFFF
    x ^= x >> 15
    x = x * 0x2C1B3C6D & 0xFFFFFFFF
    x ^= x >> 12
    x = x * 0x297A2D39 & 0xFFFFFFFF
    x ^= x >> 15
    return (x >> 8) * 2.0**-24


def bell(stream, i, j):
    return uniform(3 * stream, i, j) + uniform(3 * stream + 1, i, j) + uniform(3 * stream + 2, i, j) - 1.5


def features(stream, n, width, scale, shift):
    rows = [[scale * bell(stream, i, j) + 0.5 * bell(stream, i, j // 2 + 100) + shift * (j % 3)
             for j in range(width)] for i in range(n)]
    return np.array(rows, dtype=np.float32)


def image(stream, channels, side):
    return np.array([[[0.5 * ((13 * y + 7 * x + 5 * c) % 64) / 64 + 0.5 * uniform(stream, side * y + x, c)
                       for x in range(side)] for y in range(side)] for c in range(channels)],
                    dtype=np.float32)


def show(name, values):
    values = np.atleast_1d(values)
    print(f"inline constexpr double {name}[{len(values)}] = {{"
          + ", ".join(f"{v:.17g}" for v in values) + "};")


def fid(a, b):
    """torch-fidelity on float64 features, so that its own means are no less exact than ours."""
    a, b = (torch.tensor(x.astype(np.float64)) for x in (a, b))
    return fid_statistics_to_metric(fid_features_to_statistics(a), fid_features_to_statistics(b),
                                    False)["frechet_inception_distance"]


def scipy_fid(a, b):
    """The definition of Heusel et al., by scipy's square root of a matrix."""
    a, b = a.astype(np.float64), b.astype(np.float64)
    s, t = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    apart = a.mean(0) - b.mean(0)
    return apart @ apart + np.trace(s + t - 2 * linalg.sqrtm(s @ t).real)


WEIGHTS = np.array([0.0448, 0.2856, 0.3001, 0.2363, 0.1333])


def msssim_small(x, y, scales, weights, last_shrinks):
    """msssim.py of tensorflow/models (the rule that PGGAN's and later metrics took over), of one
    grey image in [0, 1], with direct sums in place of its FFT."""
    x, y = x.astype(np.float64), y.astype(np.float64)
    factors = []
    for _ in range(scales):
        size = min(11, *x.shape)
        assert last_shrinks or size == 11
        offset = 0.5 if size % 2 == 0 else 0.0
        grid = np.arange(size) - size // 2 + offset
        window = np.exp(-grid**2 / (2 * (1.5 * size / 11)**2))
        window = np.outer(window, window)
        window /= window.sum()

        def filtered(image):
            return (np.lib.stride_tricks.sliding_window_view(image, window.shape) * window).sum((2, 3))

        mu_x, mu_y = filtered(x), filtered(y)
        cs = (2 * (filtered(x * y) - mu_x * mu_y) + 0.03**2) / (
            filtered(x * x) - mu_x**2 + filtered(y * y) - mu_y**2 + 0.03**2)
        luminance = (2 * mu_x * mu_y + 0.01**2) / (mu_x**2 + mu_y**2 + 0.01**2)
        factors.append((cs.mean(), (luminance * cs).mean()))
        x, y = (ndimage.convolve(v, np.ones((2, 2)) / 4, mode="reflect")[::2, ::2] for v in (x, y))
    values = [cs for cs, _ in factors[:-1]] + [factors[-1][1]]
    return np.prod(np.array(values)**weights)


real, fake = features(1, 300, 16, 1.0, 0.0), features(2, 300, 16, 0.8, 0.1)
logits = (6 * features(3, 200, 10, 1.0, 0.0)).astype(np.float32)
as_double = [torch.tensor(x.astype(np.float64)) for x in (fake, real)]

print("// Printed by quality_measures.py.")
print("#pragma once\n\nnamespace reference {\n")
print("// torch-fidelity's, scipy's")
show("kFid", [fid(fake, real), scipy_fid(fake, real)])
kid = kid_features_to_metric(*as_double, kid_subsets=1, kid_subset_size=300, verbose=False,
                             rng_seed=0, kid_kernel="poly", kid_kernel_poly_degree=3,
                             kid_kernel_poly_gamma=None, kid_kernel_poly_coef0=1)
show("kKid", kid["kernel_inception_distance_mean"])
print("// mean, deviation")
score = isc_features_to_metric(torch.tensor(logits), splits=7, shuffle=False)
show("kInceptionScore", [score["inception_score_mean"], score["inception_score_std"]])
print("// k = 3: precision, recall by torch-fidelity")
prc = prc_features_to_metric(*as_double, prc_neighborhood=3, prc_batch_size=1000,
                             save_cpu_ram=False, verbose=False)
show("kPrecisionRecall", [prc["precision"], prc["recall"]])
print("// k = 5: precision, recall, density, coverage by prdc")
with contextlib.redirect_stdout(io.StringIO()):
    prdc = compute_prdc(real.astype(np.float64), fake.astype(np.float64), nearest_k=5)
show("kPrdc", [prdc[k] for k in ("precision", "recall", "density", "coverage")])
print("// sliced Wasserstein distance of order 2 by POT, along 40 directions")
directions = np.array([[bell(9, i, j) for j in range(16)] for i in range(40)])
directions = (directions / np.linalg.norm(directions, axis=1, keepdims=True)).astype(np.float32)
show("kSlicedWasserstein", ot.sliced_wasserstein_distance(
    fake.astype(np.float64), real.astype(np.float64), projections=directions.T.astype(np.float64)))
print("// pytorch-msssim: images (3, 176, 176) in [0, 1], (1, 176, 176); the second of each pair is"
      "\n// a mix, 0.7 of the first and 0.3 of a third")
for channels in (3, 1):
    x, y = image(50, channels, 176), image(51, channels, 176)
    y = (np.float32(0.7) * x + np.float32(0.3) * y)
    pair = [torch.tensor(v.astype(np.float64))[None] for v in (x, y)]
    show(f"kMsSsim{channels}", pytorch_msssim.ms_ssim(*pair, data_range=1.0).item())
print("// images of 28 x 28, the second half of either: 5 scales of shrinking windows, 2 scales of"
      "\n// windows of 11, by msssim_small below")
x, y = image(60, 1, 28)[0], image(61, 1, 28)[0]
y = np.float32(0.5) * x + np.float32(0.5) * y
show("kMsSsimSmall", [msssim_small(x, y, 5, WEIGHTS, True),
                      msssim_small(x, y, 2, WEIGHTS[:2] / WEIGHTS[:2].sum(), False)])
print("\n}  // namespace reference")
