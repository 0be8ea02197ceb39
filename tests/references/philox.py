"""The random numbers of engine/tensor/philox.h in numpy: functions of (seed, stream, step, element)."""
import numpy as np


def words(seed, stream, step, count):
    """random_word(seed, stream, step, i) for i < count, as uint32."""
    blocks = (count + 3) // 4
    low = np.uint64(0xFFFFFFFF)
    shift = np.uint64(32)
    c = [np.arange(blocks, dtype=np.uint64)]
    c += [np.full(blocks, v & 0xFFFFFFFF, dtype=np.uint64) for v in (step, step >> 32, stream)]
    key = [seed & 0xFFFFFFFF, seed >> 32]
    for _ in range(10):
        p0 = np.uint64(0xD2511F53) * c[0]
        p1 = np.uint64(0xCD9E8D57) * c[2]
        c = [(p1 >> shift) ^ c[1] ^ np.uint64(key[0]), p1 & low,
             (p0 >> shift) ^ c[3] ^ np.uint64(key[1]), p0 & low]
        key = [(key[0] + 0x9E3779B9) & 0xFFFFFFFF, (key[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return np.stack(c, axis=1).reshape(-1)[:count].astype(np.uint32)


def uniform(seed, stream, step, shape):
    """Uniform in the open interval (0, 1)."""
    w = words(seed, stream, step, int(np.prod(shape)))
    return (((w >> 9).astype(np.float64) + 0.5) * 2.0**-23).reshape(shape)


def normal(seed, stream, step, shape):
    """Box-Muller over words (2 i, 2 i + 1)."""
    count = int(np.prod(shape))
    u = uniform(seed, stream, step, ((count + 3) // 4 * 2, 2))
    radius = np.sqrt(-2 * np.log(u[:, 0]))
    angle = 2 * np.pi * u[:, 1]
    pairs = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    return pairs.reshape(-1)[:count].reshape(shape)


def sign(seed, stream, step, shape):
    """-1 or 1 by the highest bit."""
    w = words(seed, stream, step, int(np.prod(shape)))
    return np.where(w >> 31, -1.0, 1.0).reshape(shape)
