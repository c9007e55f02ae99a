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

M32 = 0xFFFFFFFF


def fnv1a(text):
    h = 0x811C9DC5
    for byte in text.encode():
        h = ((h ^ byte) * 0x01000193) & M32
    return h


def hash_uniform(name, n):
    h = (torch.arange(n, dtype=torch.int64) + fnv1a(name)) & M32
    h = (h * 0x9E3779B1) & M32
    h = h ^ (h >> 15)
    h = (h * 0x85EBCA77) & M32
    h = h ^ (h >> 13)
    h = ((((h * 0xC2B2) & M32) << 16) + h * 0xAE3D) & M32
    h = h ^ (h >> 16)
    return 2 * (h.double() / 2**32) - 1


def fill(name, parameter):
    n = parameter.numel()
    u = hash_uniform(name, n)
    if parameter.dim() > 1:
        u = u * math.sqrt(6 / (n // parameter.shape[0]))
    else:
        u = (1 if name.endswith(".weight") else 0) + 0.1 * u
    parameter.data = u.float().double().reshape(parameter.shape)


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
            loss = F.cross_entropy(net(x), torch.tensor([0, 2, 1, 2]))
            loss.backward()
            gradients = {
                key: float(f"{(0.0 if p.grad is None else p.grad.norm().item()):.9g}")
                for key, p in net.named_parameters()
            }
            case = {"file": path.name, "network": name, "input": list(shape[1:])}
            json.dump({**case, "loss": float(f"{loss.item():.9g}"), "gradients": gradients}, sys.stdout)
            print()


main()
