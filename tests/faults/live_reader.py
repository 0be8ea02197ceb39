"""Polls metrics.h5 with h5py while a run goes on, as a user's notebook would.

Usage: live_reader.py GANFLOW SECONDS. Exit status 77: skipped, h5py is missing.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time

try:
    import h5py
    import numpy as np
except ImportError as missing:
    print(f"live-reader: skipped: {missing}; apt install python3-h5py")
    sys.exit(77)

FLAGS = (
    "train toy-8gaussians --steps 1000000000 --batch 16 --threads 1 --set generator=16 --set critic=16 "
    "--checkpoint-every 5000 --evaluate-every 0 --sample-every 0 --seed 15"
)


def check(table, begin):
    """Rows from `begin` on: one a step, nothing invented. Returns how many there are."""
    rows = table[begin:]
    rows = rows[rows["step"] >= 0]
    expected = np.arange(begin + 1, begin + 1 + len(rows))
    assert (rows["step"] == expected).all(), "steps are not 1, 2, 3, ..."
    assert all(np.isfinite(rows[name]).all() for name in rows.dtype.names), "a value is not finite"
    return begin + len(rows)


def main(ganflow, seconds):
    polls = opened = seen = 0
    with tempfile.TemporaryDirectory() as folder:
        run = os.path.join(folder, "run")
        with open(os.path.join(folder, "log"), "w") as log:
            trainer = subprocess.Popen([ganflow, *FLAGS.split(), "--out", run], stdout=log, stderr=log)
        while not os.path.exists(f"{run}/metrics.h5"):
            assert trainer.poll() is None, "the run ended before its metrics were there"
            time.sleep(0.01)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with h5py.File(f"{run}/metrics.h5", "r", swmr=True) as f:
                opened += 1
                critic = f["replica_000/critic"]
                for _ in range(50):
                    critic.id.refresh()
                    assert len(critic) >= seen, "rows went away"
                    seen = check(critic, seen)
                    polls += 1
                    time.sleep(0.01)
        assert trainer.poll() is None, "the run ended while it was read"
        trainer.send_signal(signal.SIGTERM)
        status = trainer.wait(30)
        assert status == 0, f"the run ended with {status}"
        with h5py.File(f"{run}/metrics.h5", "r") as f:
            total = check(f["replica_000/critic"], 0)
        assert total >= seen
    print(f"live-reader: {polls} polls, {opened} times opened, {seen} rows seen, 0 wrong")


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
