#!/usr/bin/env python3
"""Trajectories of PyTorch's optimizers in float64, printed as optimizers.h (PyTorch 1.13).

    /usr/bin/python3 tests/references/optimizers.py > tests/references/optimizers.h

loss_t(theta) = sum_i c_ti theta_i + theta_i^2 / 2,  c_ti = (1 + i) sin(1 + 0.7 i + 0.9 t).
TensorFlow's RMSProp (eps inside the root) is written out; PyTorch has no such option.
"""
import numpy as np
import torch

STEPS, SIZE = 10, 3
START = [0.5, -0.3, 0.8]
C = np.array([[(1 + i) * np.sin(1 + 0.7 * i + 0.9 * t) for i in range(SIZE)] for t in range(STEPS)])


def torch_run(make):
    theta = torch.tensor(START, dtype=torch.float64, requires_grad=True)
    optimizer = make([theta])
    rows = []
    for t in range(STEPS):
        optimizer.zero_grad()
        (torch.tensor(C[t]) @ theta + 0.5 * theta @ theta).backward()
        optimizer.step()
        rows.append(theta.detach().numpy().copy())
    return rows


def tf_rmsprop(lr, decay, eps):
    theta, square, rows = np.array(START), np.zeros(SIZE), []
    for t in range(STEPS):
        g = C[t] + theta
        square = decay * square + (1 - decay) * g * g
        theta = theta - lr * g / np.sqrt(square + eps)
        rows.append(theta.copy())
    return rows


O = torch.optim
runs = {
    "kSgd": torch_run(lambda p: O.SGD(p, lr=0.1)),
    "kSgdMomentumDecay": torch_run(lambda p: O.SGD(p, lr=0.1, momentum=0.9, weight_decay=0.05)),
    "kRmsProp": torch_run(lambda p: O.RMSprop(p, lr=0.01)),
    "kRmsPropDecay": torch_run(lambda p: O.RMSprop(p, lr=0.01, weight_decay=0.05)),
    "kRmsPropTf": tf_rmsprop(0.01, 0.9, 1e-10),
    "kAdam": torch_run(lambda p: O.Adam(p, lr=0.01)),
    "kAdamGan": torch_run(lambda p: O.Adam(p, lr=0.01, betas=(0.5, 0.9))),
    "kAdamNoMomentum": torch_run(lambda p: O.Adam(p, lr=0.01, betas=(0.0, 0.9))),
    "kAdamDecay": torch_run(lambda p: O.Adam(p, lr=0.01, weight_decay=0.05)),
}
print("// Printed by optimizers.py: parameters after each step, float64.")
print("#pragma once\n\nnamespace reference {\n")
for name, rows in runs.items():
    print(f"inline constexpr double {name}[{STEPS}][{SIZE}] = {{")
    print(",\n".join("    {" + ", ".join(f"{x:.17g}" for x in row) + "}" for row in rows) + "};")
print("\n}  // namespace reference")
