"""Microseconds a critic update, with its share of the generator's, of WGAN-GP training in JAX or PyTorch:

    python3 tests/peers/training.py jax|torch CASE THREADS SECONDS
    ganflow bench --peer "python3 tests/peers/training.py jax"

Cases are those of `ganflow bench`, with synthetic data in memory:
    thesis-28        G 2-64-784 (sigmoid), D 784-64-1, batch 64, RMSprop
    thesis-mnist     G 48-512-512-784 (sigmoid), D 784-128-128-1, batch 64, RMSprop
    toy-8gaussians   G 2-512-512-512-2, D 2-512-512-512-1, batch 256, Adam
    dcgan            G 128-4x4x256-128-64-3 (batch norm), D 3-64-128-256-1, 5x5 of stride 2, batch 64, Adam
    replicas         ten of thesis-28 by jax.vmap
Five critic updates and one of the generator. JAX: all of it under jit and scan. PyTorch: as a careful user would
write it; real and fake through the critic in one batch, foreach optimizers, the critic's parameters frozen in the
generator's step. Medians of runs within SECONDS; the last word printed is the time.
"""
import os
import statistics
import sys
import time

CASES = {"thesis-28": dict(g=[2, 64, 784], d=[784, 64, 1], batch=64, sigmoid=True),
         "thesis-mnist": dict(g=[48, 512, 512, 784], d=[784, 128, 128, 1], batch=64, sigmoid=True),
         "toy-8gaussians": dict(g=[2, 512, 512, 512, 2], d=[2, 512, 512, 512, 1], batch=256, sigmoid=False),
         "dcgan": dict(batch=64), "replicas": dict(g=[2, 64, 784], d=[784, 64, 1], batch=64, sigmoid=True)}
N_CRITIC, LAMBDA, RING = 5, 10.0, 64


def timed(run, updates, seconds):
    """run() is one call of `updates` critic updates; the first compiles and warms up."""
    run()
    times, end = [], time.perf_counter() + seconds
    while not times or time.perf_counter() < end:
        start = time.perf_counter()
        run()
        times.append((time.perf_counter() - start) / updates)
    return 1e6 * statistics.median(times)


def in_jax(name, case, seconds):
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    import jax
    import jax.numpy as jnp
    from jax import lax, random

    batch, dense = case["batch"], "g" in case
    layout = ("NHWC", "HWIO", "NHWC")

    def dense_layers(key, sizes):
        made = []
        for n, m in zip(sizes, sizes[1:]):
            key, a, b = random.split(key, 3)
            made.append((random.uniform(a, (n, m), minval=-n**-0.5, maxval=n**-0.5),
                         random.uniform(b, (m,), minval=-n**-0.5, maxval=n**-0.5)))
        return made

    def mlp(layers, x):
        for w, b in layers[:-1]:
            x = jax.nn.relu(x @ w + b)
        return x @ layers[-1][0] + layers[-1][1]

    def filters(key, channels):
        return [(0.02 * random.normal(k, (5, 5, a, b)), jnp.zeros(b), jnp.ones(b), jnp.zeros(b))
                for k, a, b in zip(random.split(key, len(channels)), channels, channels[1:])]

    def normed(x, scale, shift):
        mean, var = x.mean((0, 1, 2)), x.var((0, 1, 2))
        return jax.nn.relu((x - mean) * lax.rsqrt(var + 1e-5) * scale + shift)

    def init(key):
        a, b, c, e = random.split(key, 4)
        if dense:
            return dense_layers(a, case["g"]), dense_layers(b, case["d"])
        g = (dense_layers(a, [128, 4096]), jnp.ones(256), jnp.zeros(256), filters(b, [256, 128, 64, 3]))
        return g, ([layer[:2] for layer in filters(c, [3, 64, 128, 256])], dense_layers(e, [4096, 1]))

    def generator(p, z):
        if dense:
            return jax.nn.sigmoid(mlp(p, z)) if case["sigmoid"] else mlp(p, z)
        first, scale, shift, rest = p
        x = normed(mlp(first, z).reshape(-1, 4, 4, 256), scale, shift)
        for i, (w, b, scale, shift) in enumerate(rest):
            x = lax.conv_transpose(x, w, (2, 2), "SAME", dimension_numbers=layout) + b
            x = normed(x, scale, shift) if i < 2 else jnp.tanh(x)
        return x

    def critic(p, x):
        if dense:
            return mlp(p, x)[:, 0]
        for w, b in p[0]:
            x = lax.conv_general_dilated(x, w, (2, 2), [(2, 2), (2, 2)], dimension_numbers=layout) + b
            x = jnp.where(x > 0, x, 0.2 * x)
        return mlp(p[1], x.reshape(x.shape[0], -1))[:, 0]

    rms = name != "toy-8gaussians" and dense
    each = jax.tree.map

    def start(p):
        return each(jnp.zeros_like, p) if rms else (each(jnp.zeros_like, p), each(jnp.zeros_like, p), jnp.zeros(()))

    def step(p, g, state):
        if rms:
            state = each(lambda s, d: 0.99 * s + 0.01 * d * d, state, g)
            return each(lambda w, d, s: w - 1e-3 * d / (jnp.sqrt(s) + 1e-8), p, g, state), state
        m, v, t = state
        t = t + 1
        m = each(lambda a, d: 0.5 * a + 0.5 * d, m, g)
        v = each(lambda a, d: 0.9 * a + 0.1 * d * d, v, g)
        one, two = 1 - 0.5**t, 1 - 0.9**t
        return each(lambda w, a, b: w - 1e-4 * (a / one) / (jnp.sqrt(b / two) + 1e-8), p, m, v), (m, v, t)

    latent, item = (case["g"][0], (case["d"][0],)) if dense else (128, (32, 32, 3))
    data = random.uniform(random.PRNGKey(9), (RING * batch,) + item)

    def critic_loss(p, real, fake, u):
        between = fake + u * (real - fake)
        both = critic(p, jnp.concatenate([real, fake]))
        g = jax.grad(lambda x: critic(p, x).sum())(between).reshape(batch, -1)
        return both[batch:].mean() - both[:batch].mean() + LAMBDA * ((jnp.sqrt((g * g).sum(1) + 1e-12) - 1)**2).mean()

    def iteration(state, key):
        g, d, og, od = state
        keys = random.split(key, N_CRITIC + 1)

        def update(carry, key):
            d, od = carry
            a, b, c = random.split(key, 3)
            real = lax.dynamic_slice_in_dim(data, random.randint(a, (), 0, RING) * batch, batch)
            fake = generator(g, random.normal(b, (batch, latent)))
            u = random.uniform(c, (batch,) + (1,) * len(item))
            return step(d, jax.grad(critic_loss)(d, real, fake, u), od), None

        (d, od), _ = lax.scan(update, (d, od), keys[:N_CRITIC])
        loss = lambda g: -critic(d, generator(g, random.normal(keys[N_CRITIC], (batch, latent)))).mean()
        g, og = step(g, jax.grad(loss)(g), og)
        return (g, d, og, od), None

    replicas = 10 if name == "replicas" else 1
    many = {"dcgan": 1, "toy-8gaussians": 10}.get(name, 100)  # iterations a call
    train = lambda state, key: lax.scan(iteration, state, random.split(key, many))[0]
    begin = lambda key: (lambda g, d: (g, d, start(g), start(d)))(*init(key))
    key = random.PRNGKey(0)
    if replicas > 1:
        state, train = jax.vmap(begin)(random.split(key, replicas)), jax.vmap(train)
        key = random.split(key, replicas)
    else:
        state = begin(key)
    compiled = jax.jit(train)
    holder = [state]

    def run():
        holder[0] = jax.block_until_ready(compiled(holder[0], key))

    return timed(run, many * N_CRITIC * replicas, seconds)


def in_torch(name, case, threads, seconds):
    import torch
    from torch import nn

    torch.set_num_threads(threads)
    torch.manual_seed(1)
    batch, dense = case["batch"], "g" in case

    def mlp(sizes, last=None):
        layers = []
        for n, m in zip(sizes, sizes[1:]):
            layers += [nn.Linear(n, m), nn.ReLU()]
        return nn.Sequential(*layers[:-1], *([last] if last else []))

    if dense:
        g, d = mlp(case["g"], nn.Sigmoid() if case["sigmoid"] else None), mlp(case["d"])
        latent, item = case["g"][0], (case["d"][0],)
    else:
        up = lambda n, m: nn.ConvTranspose2d(n, m, 5, 2, 2, output_padding=1)
        down = lambda n, m: [nn.Conv2d(n, m, 5, 2, 2), nn.LeakyReLU(0.2)]
        g = nn.Sequential(nn.Linear(128, 4096), nn.Unflatten(1, (256, 4, 4)), nn.BatchNorm2d(256), nn.ReLU(),
                          up(256, 128), nn.BatchNorm2d(128), nn.ReLU(), up(128, 64), nn.BatchNorm2d(64), nn.ReLU(),
                          up(64, 3), nn.Tanh())
        d = nn.Sequential(*down(3, 64), *down(64, 128), *down(128, 256), nn.Flatten(), nn.Linear(4096, 1))
        latent, item = 128, (3, 32, 32)
    if name != "toy-8gaussians" and dense:
        optimizer = lambda net: torch.optim.RMSprop(net.parameters(), lr=1e-3, foreach=True)
    else:
        optimizer = lambda net: torch.optim.Adam(net.parameters(), lr=1e-4, betas=(0.5, 0.9), foreach=True)
    og, od = optimizer(g), optimizer(d)
    data = torch.rand(RING * batch, *item)
    ones = torch.ones(batch, 1)

    def run():
        for i in range(N_CRITIC):
            real = data[i * batch:(i + 1) * batch]
            with torch.no_grad():
                fake = g(torch.randn(batch, latent))
            between = (fake + torch.rand((batch,) + (1,) * len(item)) * (real - fake)).requires_grad_(True)
            both = d(torch.cat((real, fake)))
            slope, = torch.autograd.grad(d(between), between, grad_outputs=ones, create_graph=True)
            loss = both[batch:].mean() - both[:batch].mean()
            loss = loss + LAMBDA * ((slope.flatten(1).norm(2, dim=1) - 1)**2).mean()
            od.zero_grad(set_to_none=True)
            loss.backward()
            od.step()
        for p in d.parameters():
            p.requires_grad_(False)
        og.zero_grad(set_to_none=True)
        (-d(g(torch.randn(batch, latent))).mean()).backward()
        og.step()
        for p in d.parameters():
            p.requires_grad_(True)

    return timed(run, N_CRITIC, seconds)


def main():
    if len(sys.argv) != 5 or sys.argv[1] not in ("jax", "torch"):
        sys.exit(__doc__)
    framework, name, threads, seconds = sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])
    if name not in CASES or (framework == "torch" and name == "replicas"):
        sys.exit(f"{framework} has no case {name}")
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])  # XLA takes as many threads
    for variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[variable] = str(threads)
    case = CASES[name]
    us = in_jax(name, case, seconds) if framework == "jax" else in_torch(name, case, threads, seconds)
    print(f"{us:.1f}")


main()
