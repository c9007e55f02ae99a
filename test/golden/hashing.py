"""The numbers that both sides make by the hash of README.md: pure integer arithmetic on 32 bits, then float64."""
import torch

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
    # The product would pass 2^63: multiply by the two halves of the constant.
    h = ((((h * 0xC2B2) & M32) << 16) + h * 0xAE3D) & M32
    h = h ^ (h >> 16)
    return 2 * (h.double() / 2**32) - 1
