"""The fixtures of test/fixtures/source/families run by PyTorch itself, in float64, to compare gradients with.

Kept as gradients.jsonl: run
    python3 test/source/pytorch/networks.py > test/source/pytorch/gradients.jsonl
to make it anew. Parameters come from the hash of test/golden/README.md by their names in the state_dict. Prints one
JSON object a network: { "file", "network", "input", "classes", "loss", "gradients": { parameter: L2 norm } }.
"""
import importlib.util
import json
import math
import pathlib
import sys

import torch
import torch.nn.functional as F

sys.path.append(str(pathlib.Path(__file__).parents[2] / "golden"))
from hashing import hash_uniform  # noqa: E402


def fill(name, parameter):
    n = parameter.numel()
    u = hash_uniform(name, n)
    if parameter.dim() > 1:
        u = u * math.sqrt(6 / (n // parameter.shape[0]))
    else:
        u = (1 if name.endswith(".weight") else 0) + 0.1 * u
    parameter.data = u.float().double().reshape(parameter.shape)


class Keras:
    """Keras' layers in PyTorch, N, C, H, W inside, written from Keras' reference; parameters by the names of the reading."""

    def __init__(self):
        self.p, self.counts = {}, {}

    def param(self, name, *shape):
        if name not in self.p:
            self.p[name] = torch.nn.Parameter(torch.empty(shape))
            fill(name, self.p[name])
        return self.p[name]

    def layer(self, stem):
        count = self.counts.get(stem, 0)
        self.counts[stem] = count + 1
        return stem if count == 0 else f"{stem}_{count}"

    def pad(self, x, kernel, stride, padding, value=0.0):
        if padding == "valid":
            return x
        total = [max(0, (math.ceil(n / stride) - 1) * stride + k - n) for n, k in zip(x.shape[2:], kernel)]
        (h, w) = total
        return F.pad(x, (w // 2, w - w // 2, h // 2, h - h // 2), value=value)

    def conv(self, x, out, k, stride=1, padding="valid", bias=True, groups=1, name=None):
        name = name or self.layer("conv2d")
        w = self.param(name + ".weight", out, x.shape[1] // groups, k, k)
        b = self.param(name + ".bias", out) if bias else None
        return F.conv2d(self.pad(x, (k, k), stride, padding), w, b, stride, groups=groups)

    def depthwise(self, x, k, stride, padding):
        name = self.layer("depthwise_conv2d")
        w = self.param(name + ".weight", x.shape[1], 1, k, k)
        return F.conv2d(self.pad(x, (k, k), stride, padding), w, None, stride, groups=x.shape[1])

    def separable(self, x, out, k, bias=True, multiplier=1):
        name = self.layer("separable_conv2d")
        c = x.shape[1]
        w = self.param(name + ".depthwise.weight", c * multiplier, 1, k, k)
        p = self.param(name + ".pointwise.weight", out, c * multiplier, 1, 1)
        b = self.param(name + ".bias", out) if bias else None
        return F.conv2d(F.conv2d(self.pad(x, (k, k), 1, "same"), w, groups=c), p, b)

    def transposed(self, x, out, k, stride):
        """padding="same": the gradient of a convolution of the larger image, cut where that one was padded."""
        name = self.layer("conv2d_transpose")
        w, b = self.param(name + ".weight", x.shape[1], out, k, k), self.param(name + ".bias", out)
        y = F.conv_transpose2d(x, w, b, stride)
        h, wd = x.shape[2] * stride, x.shape[3] * stride
        before = max(0, k - stride) // 2
        return y[:, :, before : before + h, before : before + wd]

    def norm(self, x, eps=1e-3):
        name = self.layer("batch_normalization")
        w, b = self.param(name + ".weight", x.shape[1]), self.param(name + ".bias", x.shape[1])
        return F.batch_norm(x, None, None, w, b, True, 0.1, eps)

    def layer_norm(self, x, eps=1e-6, name=None):
        name = name or self.layer("layer_normalization")
        w, b = self.param(name + ".weight", x.shape[-1]), self.param(name + ".bias", x.shape[-1])
        return F.layer_norm(x, (x.shape[-1],), w, b, eps)

    def dense(self, x, out, name=None):
        name = name or self.layer("dense")
        return F.linear(x, self.param(name + ".weight", out, x.shape[-1]), self.param(name + ".bias", out))

    def attention(self, x, heads, size):
        name = self.layer("multi_head_attention")
        n, t, f = x.shape
        q, k, v = (
            self.dense(x, heads * size, f"{name}.{part}").view(n, t, heads, size).transpose(1, 2)
            for part in ("query", "key", "value")
        )
        y = torch.softmax(q @ k.transpose(2, 3) / math.sqrt(size), -1) @ v
        return self.dense(y.transpose(1, 2).reshape(n, t, heads * size), f, name + ".attention_output")


def separable_tower(k, x):
    x = F.relu(k.norm(k.conv(x / 255, 8, 3, 2, "same", bias=False, name="stem")))
    previous = x
    for size in (12, 16):
        x = F.relu(k.norm(k.separable(F.relu(x), size, 3)))
        x = k.norm(k.separable(x, size, 3, bias=False, multiplier=2))
        x = F.max_pool2d(k.pad(x, (3, 3), 2, "same", -math.inf), 3, 2)
        x = x + k.conv(previous, size, 1, 2, "same")
        previous = x
    return k.dense(F.silu(k.separable(x, 20, 3)).mean((2, 3)), 5)


def mobile(k, x):
    x = F.relu(k.conv(x, 8, 3, 2, "same"))
    for filters, stride in ((16, 1), (24, 2), (24, 1)):
        x = F.pad(x, (0, 1, 0, 1)) if stride == 2 else x
        x = F.relu6(k.norm(k.depthwise(x, 3, stride, "same" if stride == 1 else "valid")))
        x = F.relu6(k.norm(k.conv(x, filters, 1, bias=False)))
    return k.conv(x.mean((2, 3), keepdim=True), 5, 1).flatten(1)


def efficient(k, x):
    x = F.gelu(k.conv(x, 8, 3, 2, "same", bias=False))
    for expand, filters, stride, se in ((2, 8, 1, True), (3, 12, 2, True), (3, 12, 1, False)):
        shortcut, cin = x, x.shape[1]
        x = F.hardswish(k.norm(k.conv(x, cin * expand, 1, bias=False)))
        x = F.hardswish(k.norm(k.depthwise(x, 5, stride, "same")))
        if se:
            gate = F.silu(k.conv(x.mean((2, 3), keepdim=True), int(x.shape[1] * 0.25), 1))
            x = x * torch.sigmoid(k.conv(gate, x.shape[1], 1))
        x = k.norm(k.conv(x, filters, 1, bias=False))
        if stride == 1 and cin == filters:
            x = shortcut + x
    return k.dense(x.amax((2, 3)), 5)


def u_net(k, x):
    block = lambda x, n: F.relu(k.conv(F.relu(k.conv(x, n, 3, 1, "same")), n, 3, 1, "same"))
    a = block(x, 4)
    b = block(F.max_pool2d(a, 2), 8)
    c = block(F.max_pool2d(b, 2), 12)
    x = block(torch.cat([k.transposed(c, 8, 2, 2), b], 1), 8)
    x = torch.cat([F.relu(k.transposed(x, 4, 3, 2)), a], 1)
    x = F.interpolate(block(x, 4), scale_factor=2, mode="bilinear", align_corners=False)
    x = x[:, :, 1:-2, 3:]
    ones = torch.ones_like(x)
    total = F.avg_pool2d(k.pad(x, (3, 3), 2, "same"), 3, 2) * 9
    x = total / (F.avg_pool2d(k.pad(ones, (3, 3), 2, "same"), 3, 2) * 9)
    return k.conv(F.interpolate(x, scale_factor=2), 5, 1).mean((2, 3))


def dense_net(k, x):
    x = k.conv(x, 8, 3, 1, "same", bias=False)
    for _ in range(3):
        y = F.leaky_relu(k.norm(x, 1.001e-5), 0.1)
        x = torch.cat([x, k.conv(y, 4, 3, 1, "same", bias=False)], 1)
    x = F.avg_pool2d(x, 4).permute(0, 2, 3, 1).flatten(1)
    x = k.dense(x, 12)
    slope = k.param(k.layer("p_re_lu") + ".weight", 12)
    return k.dense(F.relu(x) - slope * F.relu(-x), 5)


def vit(k, x):
    x = k.conv(x, 8, 8, 8).permute(0, 2, 3, 1).reshape(-1, 6, 8)
    x = k.dense(x, 8, "patch_encoder.projection") + k.param("patch_encoder.position", 1, 6, 8)
    k.counts["dense"] = 1
    for _ in range(2):
        x2 = k.attention(k.layer_norm(x), 2, 8) + x
        x3 = k.layer_norm(x2)
        for units in (16, 8):
            x3 = F.gelu(k.dense(x3, units))
        x = x3 + x2
    return k.dense(k.layer_norm(x).mean(1), 5)


def conv_next(k, x):
    ln = lambda v, **named: k.layer_norm(v.permute(0, 2, 3, 1), **named).permute(0, 3, 1, 2)
    x = ln(k.conv(x, 6, 4, 4, name="stem_conv"), name="stem_norm")
    for i, dim in enumerate((6, 8)):
        if i > 0:
            x = k.conv(ln(x), dim, 2, 2)
        for _ in range(2):
            y = ln(k.conv(x, dim, 7, 1, "same", groups=dim)).permute(0, 2, 3, 1)
            y = k.dense(F.gelu(k.dense(y, 4 * dim)), dim)
            y = y * k.param(k.layer("layer_scale") + ".weight_0", dim)
            x = x + y.permute(0, 3, 1, 2)
    return k.dense(k.layer_norm(x.mean((2, 3))), 5)


KERAS = {
    "keras_mobile.py": {
        "separable": (separable_tower, (3, 40, 36)),
        "mobile_net": (mobile, (3, 32, 32)),
        "efficient_net": (efficient, (3, 36, 44)),
        "u_net_classes": (u_net, (3, 20, 24)),
        "dense": (dense_net, (3, 16, 16)),
    },
    "keras_attention.py": {
        "vit": (vit, (3, 16, 24)),
        "conv_next_net": (conv_next, (3, 32, 32)),
    },
}


def keras_cases():
    for file, networks in KERAS.items():
        # Keras numbers the layers of a file as they are made.
        counts = {}
        for name, (build, shape) in networks.items():
            net = Keras()
            net.counts = counts
            x = (hash_uniform("input", 4 * math.prod(shape)) * math.sqrt(3)).float().double().reshape(4, *shape)
            yield {"file": file, "network": name, "input": list(shape)}, build(net, x), net.p.items()


def write(case, logits, parameters):
    loss = F.cross_entropy(logits, torch.tensor([0, 2, 1, 2]))
    loss.backward()
    norm = lambda p: float(f"{(0.0 if p.grad is None else p.grad.norm().item()):.9g}")
    gradients = {key: norm(p) for key, p in parameters}
    json.dump({**case, "loss": float(f"{loss.item():.9g}"), "gradients": gradients}, sys.stdout)
    print()


def main():
    families = pathlib.Path(__file__).parents[2] / "fixtures" / "source" / "families"
    for path in sorted(families.glob("*.py")):
        text = path.read_text()
        if "import torch" not in text:
            continue
        spec = importlib.util.spec_from_file_location(path.stem, path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        for name, net in vars(module).items():
            if not isinstance(net, torch.nn.Module):
                continue
            net = net.double().train()
            for key, parameter in net.named_parameters():
                fill(key, parameter)
            shape = (4, *module.example.shape[1:])
            x = (hash_uniform("input", math.prod(shape)) * math.sqrt(3)).float().double().reshape(shape)
            case = {"file": path.name, "network": name, "input": list(shape[1:])}
            write(case, net(x), net.named_parameters())
    torch.set_default_dtype(torch.float64)
    for case in keras_cases():
        write(*case)


main()
