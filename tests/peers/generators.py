"""What `ganflow export --onnx` and the exported weights compute, against `ganflow sample`:

    /usr/bin/python3 tests/peers/generators.py path/to/ganflow

Generators of five presets, briefly trained on images of no meaning: 16 samples of the ONNX model in
ONNX Runtime, and of the generator written in PyTorch with the weights of replica_000.npz, differ from
those of `ganflow sample` by at most 1/255 of the pixels' range. What is not installed is skipped with
a word (pip install onnxruntime torch); exit code 77 if nothing is left to do.
"""
import gzip
import os
import struct
import subprocess
import sys
import tempfile

import numpy as np

try:
    import onnxruntime
except ImportError:
    onnxruntime = None
try:
    import torch
    from torch.nn import functional as F
except ImportError:
    torch = None


def write_sets(folder):
    """CIFAR-10 and MNIST in their files, pixels without meaning."""
    random = np.random.default_rng(1)
    cifar = os.path.join(folder, "cifar-10")
    os.makedirs(cifar)
    for name in ["data_batch_%d.bin" % i for i in range(1, 6)] + ["test_batch.bin"]:
        records = random.integers(0, 256, (10000, 3073), dtype=np.uint8)
        records[:, 0] = np.arange(10000) % 10
        records.tofile(os.path.join(cifar, name))
    mnist = os.path.join(folder, "mnist")
    os.makedirs(mnist)
    for part in ("train", "t10k"):
        images = random.integers(0, 256, (128, 28, 28), dtype=np.uint8)
        with gzip.open("%s/%s-images-idx3-ubyte.gz" % (mnist, part), "wb") as f:
            f.write(struct.pack(">iiii", 0x803, 128, 28, 28) + images.tobytes())
        with gzip.open("%s/%s-labels-idx1-ubyte.gz" % (mnist, part), "wb") as f:
            f.write(struct.pack(">ii", 0x801, 128) + bytes(i % 10 for i in range(128)))


def in_onnx(folder, drawn):
    session = onnxruntime.InferenceSession(folder + "/replica_000.onnx")
    return session.run(["samples"], {i.name: drawn[i.name] for i in session.get_inputs()})[0]


def dense(w, z):
    """thesis-28: relu between two linear layers, then sigmoid."""
    hidden = torch.relu(z @ w["G/0/w"] + w["G/0/b"])
    return torch.sigmoid(hidden @ w["G/1/w"] + w["G/1/b"])


def deconv(w, z):
    """dcgan: linear to 4 x 4, three transposed convolutions 5 x 5 of stride 2, batch norm and relu
    behind each of these, a convolution, tanh."""

    def norm(i, x):
        n = "G/norm%d/" % i
        return torch.relu(F.batch_norm(x, w[n + "mean"], w[n + "variance"], w[n + "scale"],
                                       w[n + "shift"], eps=1e-5))

    x = norm(1, (z @ w["G/linear1/w"]).reshape(len(z), -1, 4, 4))
    for i in (1, 2, 3):
        x = F.conv_transpose2d(x, w["G/deconv%d/w" % i], stride=2)[:, :, 1:-2, 1:-2]  # TF's "same"
        x = norm(i + 1, x)
    return torch.tanh(F.conv2d(x, w["G/conv1/w"], w["G/conv1/b"], padding=2))


PRESETS = {
    "thesis-28": ("", dense),
    "dcgan": ("cifar10", deconv),
    "cdcgan": ("cifar10", None),
    "smooth-mnist": ("mnist", None),
    "mu-cifar-resnet": ("cifar10", None),
}


def main(ganflow):
    failed, compared = [], 0
    with tempfile.TemporaryDirectory() as folder:
        write_sets(folder)
        for preset, (data, network) in PRESETS.items():
            run = folder + "/" + preset
            flags = ["--steps", "10", "--batch", "16"]
            if data:
                path = folder + ("/cifar-10" if data == "cifar10" else "/mnist")
                flags += ["--data", data + ":" + path, "--set", "width=4", "--set", "quality=0",
                          "--set", "lr=0.01"]
            subprocess.run([ganflow, "train", preset, "--out", run] + flags, check=True,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            subprocess.run([ganflow, "export", run, "--onnx", "--out", run + "/out"], check=True,
                           stdout=subprocess.DEVNULL)
            subprocess.run([ganflow, "sample", run, "-n", "16", "--npz", "--out", run + "/s"],
                           check=True, stdout=subprocess.DEVNULL)
            drawn = dict(np.load(run + "/s.npz"))
            drawn = {k: v.astype(np.float32) if v.dtype == np.int64 else v for k, v in drawn.items()}
            ours = drawn["images"].astype(np.float64) / 255
            made = {}
            if onnxruntime:
                made["ONNX Runtime"] = in_onnx(run + "/out", drawn)
            if torch and network:
                w = {k: torch.tensor(v) for k, v in np.load(run + "/out/replica_000.npz").items()}
                with torch.no_grad():
                    made["PyTorch"] = network(w, torch.tensor(drawn["latents"])).numpy()
            for where, values in made.items():
                values = values.astype(np.float64)
                if preset != "thesis-28" and preset != "smooth-mnist":  # tanh: pixels in [-1, 1]
                    values = (values + 1) / 2
                values = values.reshape(16, -1)
                flat = ours.reshape(16, ours.shape[1], ours.shape[2], -1)
                flat = flat.transpose(0, 3, 1, 2).reshape(16, -1)
                worst = np.abs(values - flat).max() * 255
                print("%-16s %-13s %.3f / 255, pixels from %.3f to %.3f" %
                      (preset, where, worst, values.min(), values.max()))
                compared += 1
                if not worst <= 1 or not values.std() > 1e-3:
                    failed.append("%s in %s" % (preset, where))
    for missing, name in ((onnxruntime, "onnxruntime"), (torch, "torch")):
        if not missing:
            print("skipped: %s is not installed" % name)
    if failed:
        sys.exit("differ: " + ", ".join(failed))
    sys.exit(0 if compared else 77)


if __name__ == "__main__":
    main(sys.argv[1])
