"""Times of a WGAN-GP critic and generator step in PyTorch, and the memory they take, for the image
networks of ganflow's presets:

    python3 tests/peers/image_steps.py dcgan|resnet [--steps N] [--threads N] [--channels-last] [--plain]

    dcgan    mu-cifar at width 64: G 128-4x4x256-128-64-3 (batch norm), D 3-64-128-256-1, 5x5 of stride 2
    resnet   mu-cifar-resnet: width 128, three residual blocks up, four in the critic

Batch 64, Adam, synthetic data in memory. As a careful user would write it: real and fake through the
critic in one batch, the fused (or foreach) optimizer, zero_grad(set_to_none), the critic's parameters
frozen in the generator's step; --plain without all that. One line of JSON: seconds (median, least,
mean), CPU seconds (median), GFLOP of the least work of a step, peak resident memory in MB.
Ours to set beside it: busy_seconds / steps of the nodes in timing.h5 of
`ganflow train mu-cifar-resnet --threads 1 --steps N --evaluate-every 0 --sample-every 0`.
"""
import argparse
import json
import os
import resource
import statistics
import time

parser = argparse.ArgumentParser()
parser.add_argument("network", choices=["dcgan", "resnet"])
parser.add_argument("--steps", type=int, default=10, help="critic steps that are timed")
parser.add_argument("--threads", type=int, default=1)
parser.add_argument("--channels-last", action="store_true")
parser.add_argument("--plain", action="store_true")
parser.add_argument("--critic-only", action="store_true", help="no generator step: memory of the critic's")
args = parser.parse_args()
for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = str(args.threads)

import torch  # noqa: E402
from torch import nn  # noqa: E402

torch.set_num_threads(args.threads)
torch.manual_seed(1)
BATCH, LATENT, N_CRITIC = 64, 128, 5


class Block(nn.Module):
    """Two 3x3 convolutions beside a shortcut; `how` is up, down, first or none."""

    def __init__(self, channels, out, how, norm):
        super().__init__()
        relu, pool, up = nn.ReLU(), nn.AvgPool2d(2), nn.Upsample(scale_factor=2)
        layers = [] if how == "first" else ([nn.BatchNorm2d(channels)] if norm else []) + [relu]
        layers += [up] if how == "up" else []
        layers += [nn.Conv2d(channels, out, 3, padding=1)]
        layers += [nn.BatchNorm2d(out)] if norm else []
        layers += [relu, nn.Conv2d(out, out, 3, padding=1)]
        layers += [pool] if how in ("down", "first") else []
        self.main = nn.Sequential(*layers)
        one = nn.Conv2d(channels, out, 1)
        self.shortcut = {"up": nn.Sequential(up, one), "down": nn.Sequential(one, pool),
                         "first": nn.Sequential(pool, one), "none": nn.Identity()}[how]

    def forward(self, x):
        return self.main(x) + self.shortcut(x)


class Mean(nn.Module):
    def forward(self, x):
        return x.mean((2, 3))


def resnet(width=128):
    G = nn.Sequential(nn.Linear(LATENT, 16 * width), nn.Unflatten(1, (width, 4, 4)),
                      *[Block(width, width, "up", True) for _ in range(3)],
                      nn.BatchNorm2d(width), nn.ReLU(), nn.Conv2d(width, 3, 3, padding=1), nn.Tanh())
    D = nn.Sequential(Block(3, width, "first", False), Block(width, width, "down", False),
                      Block(width, width, "none", False), Block(width, width, "none", False),
                      nn.ReLU(), Mean(), nn.Linear(width, 1))
    return G, D, (0.0, 0.9)


def dcgan(width=64):
    def up(channels, out):
        return nn.ConvTranspose2d(channels, out, 5, 2, 2, output_padding=1)

    w = width
    G = nn.Sequential(nn.Linear(LATENT, 64 * w), nn.Unflatten(1, (4 * w, 4, 4)),
                      nn.BatchNorm2d(4 * w), nn.ReLU(), up(4 * w, 2 * w), nn.BatchNorm2d(2 * w), nn.ReLU(),
                      up(2 * w, w), nn.BatchNorm2d(w), nn.ReLU(), up(w, 3), nn.Tanh())
    D = nn.Sequential(nn.Conv2d(3, w, 5, 2, 2), nn.LeakyReLU(0.2), nn.Conv2d(w, 2 * w, 5, 2, 2),
                      nn.LeakyReLU(0.2), nn.Conv2d(2 * w, 4 * w, 5, 2, 2), nn.LeakyReLU(0.2),
                      nn.Flatten(), nn.Linear(64 * w, 1))
    return G, D, (0.5, 0.9)


def flops(network, x):
    """Of one pass: all products, and those on the input, whose gradient training does not need."""
    counts = []

    def count(layer, inputs, output):
        if isinstance(layer, nn.ConvTranspose2d):
            counts.append(2 * inputs[0].numel() * layer.weight[0].numel())
        else:
            counts.append(2 * output.numel() * layer.weight[0].numel())

    hooks = [m.register_forward_hook(count) for m in network.modules()
             if isinstance(m, (nn.Linear, nn.Conv2d, nn.ConvTranspose2d))]
    with torch.no_grad():
        network(x)
    for hook in hooks:
        hook.remove()
    return sum(counts), counts[0]


G, D, betas = {"dcgan": dcgan, "resnet": resnet}[args.network]()
if args.channels_last:
    G, D = G.to(memory_format=torch.channels_last), D.to(memory_format=torch.channels_last)
adam = [torch.optim.Adam(n.parameters(), lr=1e-4, betas=betas, foreach=not args.plain) for n in (G, D)]
data = torch.rand(16 * BATCH, 3, 32, 32) * 2 - 1


def noise():
    return torch.randn(BATCH, LATENT)


def critic_step(i):
    at = i % 16 * BATCH
    real = data[at:at + BATCH]
    with torch.no_grad():
        fake = G(noise())
    if args.plain:
        loss = D(fake).mean() - D(real).mean()
    else:
        scores = D(torch.cat((real, fake)))
        loss = scores[BATCH:].mean() - scores[:BATCH].mean()
    e = torch.rand(BATCH, 1, 1, 1)
    x = (fake + e * (real - fake)).requires_grad_()
    (slope,) = torch.autograd.grad(D(x).sum(), x, create_graph=True)
    loss = loss + 10 * ((slope.flatten(1).norm(2, dim=1) - 1) ** 2).mean()
    adam[1].zero_grad(set_to_none=not args.plain)
    loss.backward()
    adam[1].step()


def generator_step():
    for p in D.parameters():
        p.requires_grad_(args.plain)
    adam[0].zero_grad(set_to_none=not args.plain)
    (-D(G(noise())).mean()).backward()
    adam[0].step()
    for p in D.parameters():
        p.requires_grad_(True)


def timed(step, into):
    wall, cpu = time.perf_counter(), time.process_time()
    step()
    into.append((time.perf_counter() - wall, time.process_time() - cpu))


def summary(times):
    wall, cpu = [t[0] for t in times], [t[1] for t in times]
    return {"median": round(statistics.median(wall), 4), "least": round(min(wall), 4),
            "mean": round(statistics.mean(wall), 4), "cpu_median": round(statistics.median(cpu), 4)}


# With forward mode for the penalty: three passes, gradients of weights of two and of the input of two
# but for the first layer; of the penalty the slope, its tangent and one gradient of the weights.
of_d, first_d = flops(D, data[:BATCH])
of_g, first_g = flops(G, noise())
critic, generator = [], []
critic_step(0)
if not args.critic_only:
    generator_step()
for i in range(args.steps):
    timed(lambda: critic_step(i), critic)
    if i % N_CRITIC == 0 and not args.critic_only:
        timed(generator_step, generator)
print(json.dumps({
    "network": args.network, "torch": torch.__version__, "threads": args.threads,
    "critic": summary(critic), "generator": summary(generator) if generator else None,
    "critic_gflop": round((of_g + 8 * of_d + 2 * (of_d - first_d)) / 1e9, 2),
    "generator_gflop": round((2 * of_g + 2 * of_d + of_g - first_g) / 1e9, 2),
    "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)}))
