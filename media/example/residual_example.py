"""A residual network for 32 x 32 images, to look at with Skiplens.

Rest the mouse on a layer, or click Inspect or Train above a class. What happens to the shapes and to the gradient
when you change a stride, drop a shortcut, or ask for more blocks?
"""

import torch
from torch import nn


class Residual(nn.Module):
    """Two convolutions, and a skip past both of them."""

    def __init__(self, inputs: int, outputs: int, stride: int = 1):
        super().__init__()
        self.branch = nn.Sequential(
            nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1, bias=False),
            nn.BatchNorm2d(outputs),
            nn.ReLU(),
            nn.Conv2d(outputs, outputs, 3, padding=1, bias=False),
            nn.BatchNorm2d(outputs),
        )
        self.shortcut = nn.Identity()
        if stride != 1 or inputs != outputs:
            # The sum needs equal shapes: where the branch shrinks the image, so must the skip.
            self.shortcut = nn.Conv2d(inputs, outputs, 1, stride=stride, bias=False)

    def forward(self, x):
        return torch.relu(self.branch(x) + self.shortcut(x))


class ExampleNet(nn.Module):
    """A stem, three stages of blocks, and a classifier of ten classes."""

    def __init__(self, blocks: int = 3, classes: int = 10):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16), nn.ReLU())
        self.stages = nn.Sequential(
            self.stage(16, 16, 1, blocks),
            self.stage(16, 32, 2, blocks),
            self.stage(32, 64, 2, blocks),
        )
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.classify = nn.Linear(64, classes)

    @staticmethod
    def stage(inputs, outputs, stride, blocks):
        first = Residual(inputs, outputs, stride)
        return nn.Sequential(first, *[Residual(outputs, outputs) for _ in range(blocks - 1)])

    def forward(self, x):
        return self.classify(torch.flatten(self.pool(self.stages(self.stem(x))), 1))


if __name__ == "__main__":
    print(ExampleNet()(torch.rand(1, 3, 32, 32)).shape)
