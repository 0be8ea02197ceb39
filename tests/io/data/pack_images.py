"""Runs the packing lines of io/README.md and trains on the file they make.

Usage: pack_images.py README GANFLOW. Exit code 77: h5py is missing.
"""
import re
import subprocess
import sys
import tempfile

try:
    import h5py
except ImportError:
    print("skipped: h5py is missing")
    sys.exit(77)

readme, ganflow = sys.argv[1:3]
with open(readme) as f:
    blocks = re.findall(r"```python\n(.*?)```", f.read(), re.S)
(lines,) = [b for b in blocks if "packed.h5" in b]

with tempfile.TemporaryDirectory() as folder:
    subprocess.run([sys.executable, "-c", lines], check=True, cwd=folder)
    with h5py.File(folder + "/packed.h5") as f:
        assert f["images"].shape == (200, 32, 32, 3) and f["images"].attrs["axes"] == "NHWC"
        assert f["labels"].attrs["classes"] == 7
    run = subprocess.run(
        [ganflow, "train", "wgan-gp", "--data", "hdf5:packed.h5", "--steps", "5", "--batch", "8",
         "--out", "run"], cwd=folder, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
print("packed, read, trained")
