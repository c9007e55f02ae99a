"""The networks of the literature once more, in PyTorch and float64, to compare gradients with.

Written from the papers and frameworks, not from Skiplens, and kept as gradients.jsonl: run
    python3 test/networks/pytorch/networks.py > test/networks/pytorch/gradients.jsonl
to make it anew. Parameters are made on first use under the name that
the caller gives, from the hash of test/golden/README.md. Prints one JSON object a case, one a line:
{ "case", "loss", "gradients": { parameter: L2 norm } }.
"""
import json
import math
import pathlib
import sys

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
sys.path.append(str(pathlib.Path(__file__).parents[2] / "golden"))
from hashing import hash_uniform  # noqa: E402


class Net:
    def __init__(self, act=F.relu, norm="batch", eps=1e-5, groups=4):
        self.p = {}
        self.act, self.norm_kind, self.eps, self.groups = act, norm, eps, groups

    def param(self, name, *shape):
        if name not in self.p:
            n = math.prod(shape)
            u = hash_uniform(name, n)
            if len(shape) > 1:
                u = u * math.sqrt(6 / (n // shape[0]))
            else:
                u = (1 if name.endswith(".weight") else 0) + 0.1 * u
            self.p[name] = u.float().double().reshape(shape).requires_grad_()
        return self.p[name]

    def conv(self, x, name, out, k, stride=1, pad=None, bias=False, groups=1):
        w = self.param(name + ".weight", out, x.shape[1] // groups, k, k)
        b = self.param(name + ".bias", out) if bias else None
        return F.conv2d(x, w, b, stride, k // 2 if pad is None else pad, groups=groups)

    def same(self, x, name, out, k, stride):
        """TensorFlow's padding, with a bias."""
        total = [max(0, (math.ceil(n / stride) - 1) * stride + k - n) for n in x.shape[2:]]
        x = F.pad(x, (total[1] // 2, total[1] - total[1] // 2, total[0] // 2, total[0] - total[0] // 2))
        return self.conv(x, name, out, k, stride, 0, bias=True)

    def dense(self, x, name, out):
        return F.linear(x, self.param(name + ".weight", out, x.shape[1]), self.param(name + ".bias", out))

    def norm(self, x, name):
        if self.norm_kind == "none":
            return x
        w, b = self.param(name + ".weight", x.shape[1]), self.param(name + ".bias", x.shape[1])
        if self.norm_kind == "group":
            return F.group_norm(x, self.groups, w, b, self.eps)
        return F.batch_norm(x, None, None, w, b, True, 0.1, self.eps)

    def head(self, x, classes=3, name="fc"):
        return self.dense(x.mean((2, 3)), name, classes)


def option_a(x, out, stride):
    x = x[:, :, ::stride, ::stride]
    return F.pad(x, (0, 0, 0, 0, 0, out - x.shape[1]))


def cifar8(net, x, unit="original", shortcut="pad", skip="identity", branch=lambda f, l: f, fix=False, width=4):
    """6n+2 layers, n = 1. `branch` scales F in block l of 3; `fix` adds Fixup's scalars."""
    bias = net.norm_kind == "none" and not fix
    s = lambda name: net.param(name, 1)
    add = lambda v, name: v + s(name) if fix else v
    conv = lambda v, name, out, stride=1: net.conv(v, name, out, 3, stride, bias=bias)
    full, relu_only = unit == "full", unit == "relu-only"
    y = conv(add(x, "bias1a"), "conv1", width)
    if not full:
        y = net.norm(y, "bn1")
    if not (full or relu_only):
        y = net.act(add(y, "biasb"))
    for l in (1, 2, 3):
        out, stride, n = width * 2 ** (l - 1), 1 if l == 1 else 2, f"layer{l}.0."
        changes = l > 1
        x, h, source = y, y, y
        if full or relu_only:
            if full:
                h = net.norm(h, n + "bn1")
            h = net.act(h)
            if changes and shortcut == "projection":
                source = h
        # The branch.
        f = conv(add(h, n + "bias1a"), n + "conv1", out, stride)
        if full:
            f = net.act(net.norm(f, n + "bn2"))
        else:
            f = net.norm(f, n + "bn1")
            f = net.act(add(f, n + "bias1b"))
        f = conv(add(f, n + "bias2a"), n + "conv2", out)
        if unit in ("original", "relu-before-addition", "relu-only"):
            f = net.norm(f, n + "bn2")
        if unit == "relu-before-addition":
            f = net.act(f)
        # The skip.
        if not changes and skip != "conv":
            carried = source
        elif shortcut == "projection" or (skip == "conv" and changes):
            name = n + ("downsample" if full else "downsample.0")
            carried = net.conv(source, name, out, 1, stride, 0, bias=bias)
            if not full:
                carried = net.norm(carried, n + "downsample.1")
        elif skip == "conv":
            carried = net.conv(source, n + "skipConv", out, 1, 1, 0)
        else:
            carried = option_a(source, out, stride)
        if skip.endswith("gate"):
            g = torch.sigmoid(net.conv(source, n + "gate", out, 1, stride, 0, bias=True))
            carried = carried * (1 - g)
            if skip == "exclusive-gate":
                f = f * g
        if skip == "scaled":
            carried = carried * 0.5
        f = branch(f, l)
        if fix:
            f = f * s(n + "scale") + s(n + "biasOut")
        y = carried + f
        if unit == "original":
            y = net.act(add(y, n + "bias2b"))
        if unit == "bn-after-addition":
            y = net.act(net.norm(y, n + "bn2"))
    if full:
        y = net.norm(y, "bn")
    if full or relu_only:
        y = net.act(y)
    y = y.mean((2, 3))
    return net.dense(add(y, "biasHead"), "fc", 3)


def keras(net, x, version, width=4):
    bias1 = version == "v1"
    stem_bias = version != "next"
    y = net.conv(x, "conv1_conv", width, 7, 2, 3, bias=stem_bias)
    if version == "v2":
        y = F.max_pool2d(F.pad(y, (1, 1, 1, 1)), 3, 2)
    else:
        y = F.max_pool2d(F.pad(net.act(net.norm(y, "conv1_bn")), (1, 1, 1, 1)), 3, 2)
    for stack, blocks in enumerate((3, 4, 6, 3)):
        filters = width * 2**stack
        for block in range(1, blocks + 1):
            n = f"conv{stack + 2}_block{block}."
            first, last = block == 1, block == blocks
            if version == "v2":
                stride = 2 if last and stack < 3 else 1
                h = net.act(net.norm(y, n + "preact_bn"))
                if first:
                    skip = net.conv(h, n + "0_conv", 4 * filters, 1, 1, 0, bias=True)
                else:
                    skip = F.max_pool2d(y, 1, stride) if stride > 1 else y
                f = net.act(net.norm(net.conv(h, n + "1_conv", filters, 1, 1, 0), n + "1_bn"))
                f = net.act(net.norm(net.conv(f, n + "2_conv", filters, 3, stride, 1), n + "2_bn"))
                y = skip + net.conv(f, n + "3_conv", 4 * filters, 1, 1, 0, bias=True)
                continue
            stride = 2 if first and stack > 0 else 1
            skip = y
            if first:
                skip = net.norm(net.conv(y, n + "0_conv", 4 * filters, 1, stride, 0, bias=bias1), n + "0_bn")
            inner = filters if version == "v1" else 2 * filters
            groups = 1 if version == "v1" else next(g for g in (32, 16, 8, 4, 2) if inner % g == 0)
            early, late = (stride, 1) if version == "v1" else (1, stride)
            f = net.act(net.norm(net.conv(y, n + "1_conv", inner, 1, early, 0, bias=bias1), n + "1_bn"))
            f = net.act(net.norm(net.conv(f, n + "2_conv", inner, 3, late, 1, bias=bias1, groups=groups), n + "2_bn"))
            f = net.norm(net.conv(f, n + "3_conv", 4 * filters, 1, 1, 0, bias=bias1), n + "3_bn")
            y = net.act(skip + f)
    if version == "v2":
        y = net.act(net.norm(y, "post_bn"))
    return net.head(y, name="predictions")


def torchvision(net, x, counts, width=4, groups=1, per_group=64, bottleneck=True):
    y = net.act(net.norm(net.conv(x, "conv1", width, 7, 2, 3), "bn1"))
    y = F.max_pool2d(y, 3, 2, 1)
    for stage, blocks in enumerate(counts):
        planes = width * 2**stage
        for block in range(blocks):
            n, stride = f"layer{stage + 1}.{block}.", 2 if stage > 0 and block == 0 else 1
            out = 4 * planes if bottleneck else planes
            skip = y
            if stride > 1 or y.shape[1] != out:
                skip = net.norm(net.conv(y, n + "downsample.0", out, 1, stride, 0), n + "downsample.1")
            if bottleneck:
                inner = planes * per_group // 64 * groups
                f = net.act(net.norm(net.conv(y, n + "conv1", inner, 1, 1, 0), n + "bn1"))
                f = net.act(net.norm(net.conv(f, n + "conv2", inner, 3, stride, 1, groups=groups), n + "bn2"))
                f = net.norm(net.conv(f, n + "conv3", out, 1, 1, 0), n + "bn3")
            else:
                f = net.act(net.norm(net.conv(y, n + "conv1", out, 3, stride), n + "bn1"))
                f = net.norm(net.conv(f, n + "conv2", out, 3), n + "bn2")
            y = net.act(skip + f)
    return net.head(y)


def vgg16(net, x, batch_norm, width=4, units=8):
    at = 0
    for stage, count in enumerate((2, 2, 3, 3, 3)):
        for _ in range(count):
            x = net.conv(x, f"features.{at}", width * 2 ** min(stage, 3), 3, bias=True)
            if batch_norm:
                x = net.norm(x, f"features.{at + 1}")
            x = F.relu(x)
            at += 3 if batch_norm else 2
        x = F.max_pool2d(x, 2)
        at += 1
    x = F.relu(net.dense(x.flatten(1), "classifier.0", units))
    return net.dense(F.relu(net.dense(x, "classifier.3", units)), "classifier.6", 3)


def alexnet(net, x, units=8):
    pool = lambda v: F.max_pool2d(v, 3, 2)
    x = pool(F.relu(net.conv(x, "features.0", 4, 11, 4, 2, bias=True)))
    x = pool(F.relu(net.conv(x, "features.3", 12, 5, 1, 2, bias=True)))
    x = F.relu(net.conv(x, "features.6", 24, 3, bias=True))
    x = F.relu(net.conv(x, "features.8", 16, 3, bias=True))
    x = pool(F.relu(net.conv(x, "features.10", 16, 3, bias=True)))
    x = F.relu(net.dense(x.flatten(1), "classifier.1", units))
    return net.dense(F.relu(net.dense(x, "classifier.4", units)), "classifier.6", 3)


def mlp(net, x, blocks=2, width=6, skip=True):
    x = x.flatten(1)
    rows = lambda v, name: F.linear(v, net.param(name + ".weight", width, v.shape[1]))
    y = net.act(net.norm(rows(x, "stem"), "bn"))
    for i in range(blocks):
        n = f"blocks.{i}."
        f = net.act(net.norm(rows(y, n + "fc1"), n + "bn1"))
        f = net.norm(rows(f, n + "fc2"), n + "bn2")
        y = net.act(f + y if skip else f)
    return net.dense(y, "fc", 3)


def keras_blocks(net, x, blocks=2, filters=4):
    y = net.act(net.norm(net.same(x, "conv", filters, 3, 2), "bn"))
    for i in range(blocks):
        n = f"res_blocks.{i}."
        f = net.act(net.norm(net.same(y, n + "conv1", filters, 3, 2), n + "bn1"))
        f = net.norm(net.same(f, n + "conv2", filters, 3, 1), n + "bn2")
        y = net.act(f + net.same(y, n + "projection", filters, 1, 2))
    return net.head(y, name="dense")


cases = {}
for unit in ("original", "bn-after-addition", "relu-before-addition", "relu-only", "full"):
    for shortcut in ("pad", "projection"):
        cases[f"{unit}/{shortcut}"] = ((8, 8), Net(), lambda n, x, u=unit, s=shortcut: cifar8(n, x, u, s))
for skip in ("scaled", "exclusive-gate", "shortcut-gate", "conv"):
    cases[f"skip {skip}"] = ((8, 8), Net(), lambda n, x, k=skip: cifar8(n, x, skip=k))
acts = {
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "leaky-relu": F.leaky_relu,
    "elu": F.elu,
    "gelu": F.gelu,
    "silu": F.silu,
}
for name, act in acts.items():
    cases[f"activation {name}"] = ((8, 8), Net(act), lambda n, x: cifar8(n, x))
cases["norm group"] = ((8, 8), Net(norm="group"), lambda n, x: cifar8(n, x))
cases["norm none"] = ((8, 8), Net(norm="none"), lambda n, x: cifar8(n, x))
cases["scaling constant"] = ((8, 8), Net(), lambda n, x: cifar8(n, x, branch=lambda f, l: 0.25 * f))
cases["scaling 1/sqrt(L)"] = ((8, 8), Net(), lambda n, x: cifar8(n, x, branch=lambda f, l: f / math.sqrt(3)))
cases["scaling rezero"] = (
    (8, 8),
    (rezero := Net()),
    lambda n, x: cifar8(n, x, branch=lambda f, l: f * n.param(f"layer{l}.0.scale", 1)),
)
cases["scaling fixup"] = ((8, 8), Net(norm="none"), lambda n, x: cifar8(n, x, fix=True))
for version in ("v1", "v2", "next"):
    cases[f"keras {version}"] = ((64, 64), Net(eps=1.001e-5), lambda n, x, v=version: keras(n, x, v))
cases["resnet18"] = ((64, 64), Net(), lambda n, x: torchvision(n, x, (2, 2, 2, 2), bottleneck=False))
cases["resnet50"] = ((64, 64), Net(), lambda n, x: torchvision(n, x, (3, 4, 6, 3)))
cases["resnext50-4x16d"] = ((64, 64), Net(), lambda n, x: torchvision(n, x, (3, 4, 6, 3), 4, 4, 16))
cases["wide-resnet50-2"] = ((64, 64), Net(), lambda n, x: torchvision(n, x, (3, 4, 6, 3), 4, 1, 128))
cases["vgg16"] = ((32, 32), Net(), lambda n, x: vgg16(n, x, False))
cases["vgg16-bn"] = ((32, 32), Net(), lambda n, x: vgg16(n, x, True))
cases["alexnet"] = ((64, 64), Net(), alexnet)
cases["mlp-resnet"] = ((4, 4), Net(), mlp)
cases["mlp-plain"] = ((4, 4), Net(), lambda n, x: mlp(n, x, skip=False))
cases["keras-blocks"] = ((15, 18), Net(eps=1e-3), keras_blocks)

for case, (size, net, forward) in cases.items():
    if len(sys.argv) > 1 and case not in sys.argv[1:]:
        continue
    shape = (4, 3, *size)
    x = (hash_uniform("input", math.prod(shape)) * math.sqrt(3)).float().double().reshape(shape)
    loss = F.cross_entropy(forward(net, x), torch.tensor([0, 2, 1, 2]))
    loss.backward()
    gradients = {name: p.grad.norm().item() for name, p in net.p.items()}
    digits = lambda v: float(f"{v:.9g}")
    gradients = {name: digits(g) for name, g in gradients.items()}
    print(json.dumps({"case": case, "loss": digits(loss.item()), "gradients": gradients}))
