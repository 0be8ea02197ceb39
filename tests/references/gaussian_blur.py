#!/usr/bin/env python3
"""Blurred 7x7 image by direct 2-D convolution in numpy, printed as gaussian_blur.h.

    /usr/bin/python3 tests/references/gaussian_blur.py > tests/references/gaussian_blur.h

image_ij = sin(1 + 3 i + 7 j); kernel exp(-(x^2 + y^2) / (2 sigma^2)) on |x|, |y| <= radius =
min(ceil(3 sigma), 6), divided by its sum; zero outside the image.
"""
import math

import numpy as np

SIDE = 7
IMAGE = np.array([[math.sin(1 + 3 * i + 7 * j) for j in range(SIDE)] for i in range(SIDE)])


def blur(sigma):
    r = min(math.ceil(3 * sigma), SIDE - 1)
    y, x = np.mgrid[-r:r + 1, -r:r + 1]
    kernel = np.exp(-(x * x + y * y) / (2 * sigma * sigma))
    kernel /= kernel.sum()
    padded = np.pad(IMAGE, r)
    return np.array([[(padded[i:i + 2 * r + 1, j:j + 2 * r + 1] * kernel).sum()
                      for j in range(SIDE)] for i in range(SIDE)])


print("// Printed by gaussian_blur.py, float64.")
print("#pragma once\n\nnamespace reference {\n")
for name, sigma in (("kBlurHalf", 0.5), ("kBlurOne", 1.0), ("kBlurThree", 3.0)):
    print(f"inline constexpr double {name}[{SIDE * SIDE}] = {{")
    print(",\n".join("    " + ", ".join(f"{v:.17g}" for v in row) for row in blur(sigma)) + "};")
print("\n}  // namespace reference")
