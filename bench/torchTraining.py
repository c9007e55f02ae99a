"""
The peer of the training benches: one training step of a CIFAR residual network (He et al. 2015, section 4.2,
option A) in PyTorch, with the norms that Skiplens records collected by hooks, or without. Reads lines from
standard input (`run COUNT`) and answers each with a JSON list of seconds; the first line it writes says what it is.
"""
import json
import resource
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

depth, batch, threads, record = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4] == "record"
torch.set_num_threads(threads)
torch.manual_seed(0)


class Block(nn.Module):
    def __init__(self, channels, out, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, out, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(out)
        self.relu1 = nn.ReLU()
        self.conv2 = nn.Conv2d(out, out, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(out)
        self.relu2 = nn.ReLU()
        self.stride, self.more = stride, out - channels
        self.record = None

    def forward(self, x):
        skip = branch = x
        if self.record is not None:
            # The two uses of the input get values of their own, so that each has its own gradient.
            skip, branch = x.view_as(x), x.view_as(x)
            self.record(self, skip, branch)
        y = self.bn2(self.conv2(self.relu1(self.bn1(self.conv1(branch)))))
        if self.more:
            skip = F.pad(skip[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, 0, self.more))
        return self.relu2(y + skip)


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        layers, channels = [nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU()], 16
        for stage, out in enumerate((16, 32, 64)):
            for i in range((depth - 2) // 6):
                layers.append(Block(channels, out, 2 if stage > 0 and i == 0 else 1))
                channels = out
        self.features = nn.Sequential(*layers)
        self.fc = nn.Linear(64, 10)

    def forward(self, x):
        return self.fc(self.features(x).mean((2, 3)))


network = Network().train()
parameters = list(network.parameters())
optimizer = torch.optim.SGD(parameters, lr=0.01, momentum=0.9, weight_decay=1e-4)
norms, forks = [], {}


def watch(module, inputs, output):
    with torch.no_grad():
        norms.append(output.norm())
        norms.append(output.mean())
        norms.append(output.std())
    output.register_hook(lambda g: norms.append(g.norm()))


def watch_fork(block, skip, branch):
    def keep(which):
        def hook(g):
            parts = forks.setdefault(block, {})
            parts[which] = g
            norms.append(g.norm())
            if len(parts) == 2:
                norms.append((parts["skip"] * parts["branch"]).sum())
                forks.pop(block)

        return hook

    skip.register_hook(keep("skip"))
    branch.register_hook(keep("branch"))


if record:
    for module in network.modules():
        if isinstance(module, (nn.Conv2d, nn.BatchNorm2d, nn.ReLU, Block)):
            module.register_forward_hook(watch)
        if isinstance(module, Block):
            # The first block's input needs no gradient path of its own: the stem is trained.
            module.record = watch_fork

x = torch.randn(batch, 3, 32, 32)
y = torch.randint(0, 10, (batch,))


def step():
    norms.clear()
    optimizer.zero_grad()
    loss = F.cross_entropy(network(x), y)
    loss.backward()
    if record:
        before = [p.detach().clone() for p in parameters]
        weights = [p.detach().norm() for p in parameters]
        gradients = [p.grad.norm() for p in parameters]
    optimizer.step()
    if record:
        updates = [(p.detach() - b).norm() for p, b in zip(parameters, before)]
        torch.stack(norms + weights + gradients + updates).tolist()
    return loss.item()


print(json.dumps({"version": torch.__version__}), flush=True)
for line in sys.stdin:
    times = []
    for _ in range(int(line.split()[1])):
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"seconds": times, "peakBytes": peak}), flush=True)
