#!/usr/bin/env python3
"""Makes an extractor for ganflow of the Inception weights that pytorch-fid users have.

    inception_weights.py pt_inception-2015-12-05-6726825d.pth inception.h5 [64|192|768|2048]

Needs torch, h5py and numpy. The number is the depth of the features, 2048 unless said.
"""
import hashlib
import os
import sys
import zlib

import h5py
import numpy as np
import torch

ROLES = {"conv.weight": "w", "bn.weight": "scale", "bn.bias": "shift", "bn.running_mean": "mean",
         "bn.running_var": "variance"}
BEFORE = {64: ("Conv2d_1a", "Conv2d_2"), 192: ("Conv2d",), 768: ("Conv2d", "Mixed_5", "Mixed_6"),
          2048: ("Conv2d", "Mixed", "fc.weight")}
source, target, depth = sys.argv[1], sys.argv[2], int((sys.argv + ["2048"])[3])
arrays = {}
for name, tensor in torch.load(source, map_location="cpu").items():
    role = next((r for r in ROLES if name.endswith("." + r)), None)
    if not name.startswith(BEFORE[depth]) or not (role or name == "fc.weight"):
        continue
    array = tensor.numpy().astype("<f4")
    if role:
        arrays["features/" + name[:-len(role)].replace(".", "/") + ROLES[role]] = array
    else:
        arrays["head/linear1/w"] = np.ascontiguousarray(array.T)
state = 0
for name in sorted(arrays, key=str.encode):
    a = arrays[name]
    for part in (name.encode() + b"\0", np.int64(a.ndim).tobytes(),
                 np.array(a.shape, "<i8").tobytes(), a.tobytes()):
        state = zlib.crc32(part, state)
with h5py.File(target, "w", userblock_size=512, libver=("earliest", "v110")) as f:
    for name, a in arrays.items():
        d = f.create_dataset("variables/" + name, data=a, track_times=False)
        d.attrs["name"], d.attrs["crc32"] = name, np.uint64(zlib.crc32(a.tobytes()))
    f.create_group("network").attrs["depth"] = str(depth)
    with open(source, "rb") as weights:
        f.create_group("provenance").attrs["sha256"] = hashlib.sha256(weights.read()).hexdigest()
    f.attrs.update({"schema": "1.0", "kind": "extractor", "network": "inception"})
    for key, value in (("tensor_count", len(arrays)), ("state_crc32", state), ("complete", 1),
                       ("total_bytes", sum(a.nbytes for a in arrays.values()))):
        f.attrs[key] = np.uint64(value)
with open(target, "r+b") as f:  # the seal: length and CRC32 of what follows the first block
    f.seek(512)
    text = f"ganflow sealed file 1\nbytes {os.path.getsize(target)}\ncrc32 {zlib.crc32(f.read()):08x}\n"
    f.seek(0)
    f.write(text.encode().ljust(512, b"\0"))
