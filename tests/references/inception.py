#!/usr/bin/env python3
"""Features of pytorch-fid's Inception at its four depths, with random weights, printed as
inception.h.

    PYTHONPATH=DIR /usr/bin/python3 tests/references/inception.py > tests/references/inception.h

DIR holds pytorch_fid 0.3.0 (pip download --no-deps, unzip); torch 1.13.1 and torchvision are
Debian's. float64. Weights and images are functions of name and index, as in
tests/graphs/networks/inception_test.cpp: u(name, i) in [-1, 1) is murmur3's finaliser of
i * 747796405 + crc32(name), and the names are those of ganflow's Variables.
"""
import math
import zlib

import numpy as np
import torch
from pytorch_fid import inception

ROLES = {"conv.weight": "w", "bn.weight": "scale", "bn.bias": "shift", "bn.running_mean": "mean",
         "bn.running_var": "variance"}


def drawn(name, n):
    x = (np.arange(n, dtype=np.uint64) * 747796405 + zlib.crc32(name.encode())) % 2**32
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35), (16, 1)):
        x = ((x ^ (x >> shift)) * factor) % 2**32
    return x.astype(np.float64) / 2**31 - 1


def weight(name, shape):
    for role, ours in ROLES.items():
        if not name.endswith(role):
            continue
        u = drawn((name[:-len(role)] + ours).replace(".", "/"), math.prod(shape)).reshape(shape)
        if ours == "w":
            return u * math.sqrt(6 / math.prod(shape[1:]))
        return u / 2 + (1 if ours in ("scale", "variance") else 0)
    return np.zeros(shape)  # fc, and batches seen by the norms


def random_state(*_, **__):
    net = inception._inception_v3(num_classes=1008, aux_logits=False, weights=None)
    net.Mixed_5b = inception.FIDInceptionA(192, pool_features=32)
    net.Mixed_5c = inception.FIDInceptionA(256, pool_features=64)
    net.Mixed_5d = inception.FIDInceptionA(288, pool_features=64)
    for name, width in (("b", 128), ("c", 160), ("d", 160), ("e", 192)):
        setattr(net, "Mixed_6" + name, inception.FIDInceptionC(768, channels_7x7=width))
    net.Mixed_7b = inception.FIDInceptionE_1(1280)
    net.Mixed_7c = inception.FIDInceptionE_2(2048)
    return {k: torch.tensor(weight(k, tuple(v.shape)).astype(np.float32))
            for k, v in net.state_dict().items()}


inception.load_state_dict_from_url = random_state
net = inception.InceptionV3(output_blocks=[0, 1, 2, 3]).double().eval()
images = torch.tensor(drawn("images", 2 * 3 * 20 * 36).reshape(2, 3, 20, 36))
with torch.no_grad():
    blocks = net((images + 1) / 2)
print("// Printed by inception.py, float64: sum over c of feature[c] cos(k c + k), k = 1 .. 6, of two")
print("// images at each depth, and the norm of the features.")
print("#pragma once\n\nnamespace reference {\n")
for block in blocks:
    x = block.mean(dim=(2, 3)).numpy()
    c = np.arange(x.shape[1])
    values = [float(x[n] @ np.cos(k * c + k)) for n in range(2) for k in range(1, 7)]
    norms = np.linalg.norm(x, axis=1)
    print(f"inline constexpr double kInception{x.shape[1]}[14] = {{")
    print(",\n".join(f"    {v:.17g}" for v in values + list(norms)) + "};")
print("\n}  // namespace reference")
