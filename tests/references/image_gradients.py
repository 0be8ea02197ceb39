"""Gradients of convolutional critics and of Smooth GAN's penalty in PyTorch float64: writes
image_gradients.h beside itself.

    /usr/bin/python3 tests/references/image_gradients.py

Networks are those of graphs/networks at width 4 for 32x32 images, batch 4. "Same" padding has
its odd row and column behind the image. Critics: mean D(fake) - mean D(real) + 10 mean (|g| - 1)^2
at x = fake + e (real - fake), |g| = sqrt(sum g^2 + 1e-12). Generator: mean max(0, |J' v|^2 / P - k)
with one probe v of signs. Parameter number i, in the order in which the layers use them, is normal
(stream 100 + i): weights times sqrt(2 / elements of their rows), scales 0.1 n + 1, others 0.1 n.
tests/graphs/networks/image_gradients_test.cpp computes the same from the same random numbers.
"""
import os

import numpy as np
import torch
import torch.nn.functional as F

import philox

SEED = 2024
BATCH = 4
WIDTH = 4
LATENT = 10
K = 1e-3


def summary(tensor):
    flat = tensor.detach().numpy().reshape(-1)
    signs = [philox.sign(SEED, 1000 + p, 0, flat.shape) for p in range(64)]
    return {"norm": float(np.sqrt(np.sum(flat * flat))), "sums": [float(np.sum(s * flat)) for s in signs]}


class Parameters:
    """Hands out parameters in order; all of them in .all."""

    def __init__(self):
        self.all, self.at = [], 0

    def start(self):
        self.at = 0
        return self

    def take(self, shape, kind):
        if self.at == len(self.all):
            n = philox.normal(SEED, 100 + self.at, 0, shape)
            value = {"w": np.sqrt(2 / np.prod(shape[1:])) * n, "scale": 0.1 * n + 1}.get(kind, 0.1 * n)
            self.all.append(torch.tensor(value, requires_grad=True))
        self.at += 1
        return self.all[self.at - 1]


def pads(size, kernel, stride):
    total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
    return total // 2, total - total // 2


def conv(p, x, channels, kernel, stride=1, bias=True, valid=False):
    w = p.take((channels, x.shape[1], kernel, kernel), "w")
    b = p.take((channels,), "b") if bias else None
    if not valid:
        lo, hi = pads(x.shape[2], kernel, stride)
        x = F.pad(x, (lo, hi, lo, hi))
    return F.conv2d(x, w, b, stride)


def deconv(p, x, channels, kernel, stride=2):
    w = p.take((x.shape[1], channels, kernel, kernel), "w")
    size = stride * x.shape[2]
    lo, _ = pads(size, kernel, stride)
    return F.conv_transpose2d(x, w, None, stride)[:, :, lo:lo + size, lo:lo + size]


def linear(p, x, out, bias=True):
    y = x @ p.take((x.shape[1], out), "w")
    return y + p.take((out,), "b") if bias else y


def norm(p, x, axes):
    shape = [1, x.shape[1], 1, 1]
    scale, shift = p.take((x.shape[1],), "scale"), p.take((x.shape[1],), "b")
    mean = x.mean(axes, keepdim=True)
    var = ((x - mean) ** 2).mean(axes, keepdim=True)
    return (x - mean) / torch.sqrt(var + 1e-5) * scale.reshape(shape) + shift.reshape(shape)


def leaky(x):
    return F.leaky_relu(x, 0.2)


def dcgan(p, x):
    for factor in (1, 2, 4):
        x = leaky(conv(p, x, factor * WIDTH, 5, 2))
    return linear(p, x.flatten(1), 1)


def layer_norm(p, x):
    for factor in (1, 2, 4):
        x = leaky(norm(p, conv(p, x, factor * WIDTH, 5, 2, bias=False), (1, 2, 3)))
    return conv(p, x, 1, 4, valid=True).flatten(1)


def block(p, x, resample):
    def pool(v):
        return F.avg_pool2d(v, 2)

    y = x if resample == "first" else torch.relu(x)
    y = conv(p, y, WIDTH, 3)
    y = conv(p, torch.relu(y), WIDTH, 3)
    if resample in ("down", "first"):
        y = pool(y)
    if resample == "first":
        x = conv(p, pool(x), WIDTH, 1)
    if resample == "down":
        x = pool(conv(p, x, WIDTH, 1))
    return x + y


def resnet(p, x):
    for resample in ("first", "down", "none", "none"):
        x = block(p, x, resample)
    return linear(p, torch.relu(x).mean((2, 3)), 1)


def generator(p, z):
    x = linear(p, z, 16 * 4 * WIDTH, bias=False).reshape(-1, 4 * WIDTH, 4, 4)
    x = torch.relu(norm(p, x, (0, 2, 3)))
    for factor in (4, 2, 1):
        x = torch.relu(norm(p, deconv(p, x, factor * WIDTH, 5), (0, 2, 3)))
    return torch.tanh(conv(p, x, 3, 5))


def critic_case(critic):
    p = Parameters()
    shape = (BATCH, 3, 32, 32)
    real = torch.tensor(philox.uniform(SEED, 1, 0, shape))
    fake = torch.tensor(philox.uniform(SEED, 2, 0, shape))
    e = torch.tensor(philox.uniform(SEED, 3, 0, (BATCH,))).reshape(-1, 1, 1, 1)
    x = (fake + e * (real - fake)).requires_grad_()
    (g,) = torch.autograd.grad(critic(p.start(), x).sum(), x, create_graph=True)
    slope = torch.sqrt((g * g).sum((1, 2, 3)) + 1e-12)
    loss = critic(p.start(), fake).mean() - critic(p.start(), real).mean() + 10 * ((slope - 1) ** 2).mean()
    return loss, torch.autograd.grad(loss, p.all)


def smooth_case():
    p = Parameters()
    z = torch.tensor(philox.normal(SEED, 1, 0, (BATCH, LATENT))).requires_grad_()
    images = generator(p, z)
    v = torch.tensor(philox.sign(SEED, 2, 0, tuple(images.shape)))
    (pulled,) = torch.autograd.grad(images, z, v, create_graph=True)
    loss = torch.relu((pulled * pulled).sum(1) / (3 * 32 * 32) - K).mean()
    return loss, torch.autograd.grad(loss, p.all)


HEAD = """// Generated by image_gradients.py with PyTorch {version}: do not edit.
#pragma once

#include <string>
#include <vector>

#include "support/tensor_summary.h"

namespace ganflow::test {{

struct ImageReference {{
  std::string network;
  double loss;
  std::vector<TensorSummary> gradients;  // of the parameters in order
}};

// clang-format off
inline const std::vector<ImageReference>& image_references() {{
  static const std::vector<ImageReference> references = {{
"""


def text(s):
    return "{%r, {%s}}" % (s["norm"], ", ".join(repr(v) for v in s["sums"]))


if __name__ == "__main__":
    torch.set_default_dtype(torch.float64)
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "image_gradients.h")
    cases = [(f.__name__, critic_case(f)) for f in (dcgan, layer_norm, resnet)] + [("smooth", smooth_case())]
    with open(path, "w") as f:
        f.write(HEAD.format(version=torch.__version__))
        for name, (loss, gradients) in cases:
            print(name, float(loss), [tuple(g.shape) for g in gradients])
            f.write('    {"%s", %r,\n     {%s}},\n' % (
                name, float(loss), ",\n      ".join(text(summary(g)) for g in gradients)))
        f.write("  };\n  return references;\n}\n// clang-format on\n\n}  // namespace ganflow::test\n")
