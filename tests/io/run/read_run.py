"""Reads every file of a run directory with h5py and pandas, as a user would.

Usage: read_run.py GANFLOW_TESTS, the test binary, which makes the run.
Exit status 77: skipped, because a Python package is missing.
"""

import json
import os
import subprocess
import sys
import tempfile
import warnings

try:
    import h5py
    import numpy as np
    import pandas as pd
    import tables
except ImportError as missing:
    print(f"skipped: {missing}; apt install python3-h5py python3-pandas python3-tables")
    sys.exit(77)

REPLICAS = 2
STEPS = 1130
EVERY = {"critic": 1, "generator": 5, "quality": 100, "clock": 50}
UNITS = {
    "critic": {"step": "critic update", "loss": "1", "penalty_p05": "1"},
    "generator": {"step": "critic update", "loss": "1"},
    "quality": {"step": "critic update", "kl": "nat"},
    "clock": {"step": "critic update", "run_writer_busy_seconds": "s"},
}


def expected(table, replica, steps):
    """Columns of the example run: a function of step, replica and column number."""
    step = np.arange(EVERY[table], steps + 1, EVERY[table])
    columns = {"step": step}
    for c, name in enumerate(list(UNITS[table])[1:], start=1):
        columns[name] = 1e-3 * step + 1000 * replica + c
    return columns


def check_table(rows, table, replica, steps):
    columns = expected(table, replica, steps)
    assert list(rows.dtype.names) == list(columns), rows.dtype
    assert len(rows) == len(columns["step"]), (table, len(rows))
    for name, values in columns.items():
        assert np.allclose(rows[name], values, rtol=1e-6), (table, name)


def check_live(run):
    with h5py.File(f"{run}/metrics.h5", "r", swmr=True) as f:
        for replica in range(REPLICAS):
            for table in ("critic", "generator", "quality"):
                check_table(f[f"replica_{replica:03}/{table}"][:], table, replica, 500)


def check_closed(run):
    for file, names in (("metrics", ("critic", "generator", "quality")), ("timing", ("clock",))):
        with h5py.File(f"{run}/{file}.h5", "r") as f:
            for replica in range(REPLICAS):
                assert sorted(f[f"replica_{replica:03}"]) == sorted(names)
                for table in names:
                    dataset = f[f"replica_{replica:03}/{table}"]
                    check_table(dataset[:], table, replica, STEPS)
                    assert json.loads(dataset.attrs["units"]) == UNITS[table]
                    assert dataset.attrs["description"]
                    assert set(json.loads(dataset.attrs["descriptions"])) == set(UNITS[table])


def check_pandas(run):
    # Was: a warning for each name like "penalty.p05", and no query could ask for it.
    warnings.simplefilter("error", tables.NaturalNameWarning)
    for replica in range(REPLICAS):
        for table in EVERY:
            file = f"{run}/timing.h5" if table == "clock" else f"{run}/metrics.h5"
            frame = pd.read_hdf(file, f"/replica_{replica:03}/{table}")
            columns = expected(table, replica, STEPS)
            assert list(frame.columns) == list(columns), frame.columns
            for name, values in columns.items():
                assert np.allclose(frame[name], values, rtol=1e-6), (table, name)
    with tables.open_file(f"{run}/metrics.h5") as f:
        assert len(f.root.replica_000.critic.read_where("penalty_p05 > 2.5")) > 0
        found = f.root.replica_000.critic.read_where("step > 1120")
        assert found["step"].tolist() == list(range(1121, 1131))


def check_index(run):
    with h5py.File(f"{run}/run.h5", "r") as f:
        assert f.attrs["schema"] == "1.1" and f.attrs["graph"] == "thesis-28"
        assert f.attrs["seed"] == 7 and f.attrs["device"] == "cpu"
        assert f.attrs["version"] and f.attrs["host"] and f.attrs["created"].endswith("Z")
        config = json.loads(f["config"][()])
        assert config["options"]["batch"] == "64"
        assert config["replicas"][1]["seed"] == 8
        assert config["replicas"][1]["program_hash"] == 0xFEDCBA9876543210
        check_table(f["metrics/replica_001/critic"][:], "critic", 1, STEPS)
        check_table(f["replica_001/metrics/quality"][:], "quality", 1, STEPS)
        check_table(f["replica_001/timing/clock"][:], "clock", 1, STEPS)
        rows = f["replica_001/rows"]
        assert list(rows) == [f"step_{s:09}" for s in (750, 1000)], list(rows)
        steps = np.concatenate([rows[name]["critic"]["step"] for name in rows])
        assert steps.tolist() == list(range(1, 1001))
        check_checkpoint(f["replica_001/checkpoints/step_000001000"], 1, 1000)
        check_samples(f["replica_000/samples/step_000001000"])


def check_checkpoint(group, replica, step):
    root = group.file
    assert root.attrs["complete"] == 1 and root.attrs["step"] == step
    assert root.attrs["tensor_count"] == 5
    assert dict(root["counters"].attrs) == {"critic": 1000, "generator": 200, "macro": 200}
    w = root["variables/D/0/w/value"]
    assert w.shape == (784, 700) and w.dtype == np.float32 and w.fletcher32
    values = step + np.arange(w.size) % 1000 * 1e-3 + replica
    assert np.allclose(w[:].ravel(), values)
    assert root["variables/D/0/b"].shape == () and root["variables/empty"].shape == (0, 4)


def check_samples(group):
    images = group["images"]
    assert images.shape == (10, 8, 6, 1) and images.dtype == np.uint8
    assert (images[:] == 128).all()
    assert images.attrs["value_of_0"] == 0 and images.attrs["value_of_255"] == 1
    grid = group["grid"]
    assert grid.shape == (26, 27) and grid.attrs["CLASS"] == b"IMAGE"
    assert grid.attrs["IMAGE_SUBCLASS"] == b"IMAGE_GRAYSCALE"


def main(binary):
    with tempfile.TemporaryDirectory() as folder:
        run = os.path.join(folder, "run")
        child = subprocess.Popen(
            [binary, "--no-skip", "-tc=io child: leaves a run and shows it while it is live"],
            env={**os.environ, "GANFLOW_CHILD_RUN": run},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        while (line := child.stdout.readline()) != b"live\n":
            assert line, "the test binary ended before its run was live"
        check_live(run)
        child.communicate(b"x")
        assert child.returncode == 0, child.returncode
        check_closed(run)
        check_pandas(run)
        check_index(run)
    print("h5py and pandas read every table, checkpoint and sample")


if __name__ == "__main__":
    main(sys.argv[1])
