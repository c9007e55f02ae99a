/**
 * Networks that torchvision ships, written by us in the language that the reader reads, so that
 * `torchvision.models.resnet18()` in a file has its layers. Structures: He et al. 2015 and 2016, Simonyan and
 * Zisserman 2014, Krizhevsky 2014, Huang et al. 2017, Xie et al. 2017, Zagoruyko and Komodakis 2016; parameter
 * names as in torchvision's state_dict. Weights are not here.
 */
export const torchvisionLibrary = `
import torch
from torch import nn
from torch.nn import functional as F
from functools import partial


class BasicBlock(nn.Module):
    expansion = 1

    def __init__(self, inputs, width, stride, groups, base):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, width, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.downsample = None
        if stride != 1 or inputs != width:
            self.downsample = nn.Sequential(nn.Conv2d(inputs, width, 1, stride=stride, bias=False), nn.BatchNorm2d(width))

    def forward(self, x):
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        if self.downsample is not None:
            x = self.downsample(x)
        y += x
        return self.relu(y)


class Bottleneck(nn.Module):
    expansion = 4

    def __init__(self, inputs, planes, stride, groups, base):
        super().__init__()
        width = int(planes * (base / 64.0)) * groups
        self.conv1 = nn.Conv2d(inputs, width, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, stride=stride, padding=1, groups=groups, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, planes * 4, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(planes * 4)
        self.relu = nn.ReLU(inplace=True)
        self.downsample = None
        if stride != 1 or inputs != planes * 4:
            self.downsample = nn.Sequential(nn.Conv2d(inputs, planes * 4, 1, stride=stride, bias=False), nn.BatchNorm2d(planes * 4))

    def forward(self, x):
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.relu(self.bn2(self.conv2(y)))
        y = self.bn3(self.conv3(y))
        if self.downsample is not None:
            x = self.downsample(x)
        y += x
        return self.relu(y)


class ResNet(nn.Module):
    def __init__(self, block, depths, num_classes=1000, groups=1, width_per_group=64):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        inputs = 64
        for i, depth in enumerate(depths):
            planes = 64 * 2 ** i
            blocks = []
            for j in range(depth):
                blocks.append(block(inputs, planes, 2 if i > 0 and j == 0 else 1, groups, width_per_group))
                inputs = planes * block.expansion
            setattr(self, f'layer{i + 1}', nn.Sequential(*blocks))
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(inputs, num_classes)

    def forward(self, x):
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        x = torch.flatten(self.avgpool(x), 1)
        return self.fc(x)


def make_resnet(block, depths, groups=1, width=64):
    def make(weights=None, progress=True, pretrained=False, num_classes=1000, **kwargs):
        return ResNet(block, depths, num_classes, groups, width)
    return make


resnet18 = make_resnet(BasicBlock, [2, 2, 2, 2])
resnet34 = make_resnet(BasicBlock, [3, 4, 6, 3])
resnet50 = make_resnet(Bottleneck, [3, 4, 6, 3])
resnet101 = make_resnet(Bottleneck, [3, 4, 23, 3])
resnet152 = make_resnet(Bottleneck, [3, 8, 36, 3])
resnext50_32x4d = make_resnet(Bottleneck, [3, 4, 6, 3], 32, 4)
resnext101_32x8d = make_resnet(Bottleneck, [3, 4, 23, 3], 32, 8)
wide_resnet50_2 = make_resnet(Bottleneck, [3, 4, 6, 3], 1, 128)
wide_resnet101_2 = make_resnet(Bottleneck, [3, 4, 23, 3], 1, 128)


class VGG(nn.Module):
    def __init__(self, plan, norm, num_classes):
        super().__init__()
        layers = []
        inputs = 3
        for stage in plan:
            for width in stage:
                layers.append(nn.Conv2d(inputs, width, 3, padding=1))
                if norm:
                    layers.append(nn.BatchNorm2d(width))
                layers.append(nn.ReLU(inplace=True))
                inputs = width
            layers.append(nn.MaxPool2d(2, stride=2))
        self.features = nn.Sequential(*layers)
        self.avgpool = nn.AdaptiveAvgPool2d((7, 7))
        self.classifier = nn.Sequential(
            nn.Linear(512 * 7 * 7, 4096), nn.ReLU(True), nn.Dropout(0.5),
            nn.Linear(4096, 4096), nn.ReLU(True), nn.Dropout(0.5),
            nn.Linear(4096, num_classes))

    def forward(self, x):
        x = self.avgpool(self.features(x))
        return self.classifier(torch.flatten(x, 1))


def make_vgg(counts, norm=False):
    plan = [[width] * count for width, count in zip([64, 128, 256, 512, 512], counts)]
    def make(weights=None, progress=True, pretrained=False, num_classes=1000, **kwargs):
        return VGG(plan, norm, num_classes)
    return make


vgg11 = make_vgg([1, 1, 2, 2, 2])
vgg13 = make_vgg([2, 2, 2, 2, 2])
vgg16 = make_vgg([2, 2, 3, 3, 3])
vgg19 = make_vgg([2, 2, 4, 4, 4])
vgg11_bn = make_vgg([1, 1, 2, 2, 2], True)
vgg13_bn = make_vgg([2, 2, 2, 2, 2], True)
vgg16_bn = make_vgg([2, 2, 3, 3, 3], True)
vgg19_bn = make_vgg([2, 2, 4, 4, 4], True)


class AlexNet(nn.Module):
    def __init__(self, num_classes=1000, dropout=0.5):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 64, 11, stride=4, padding=2), nn.ReLU(True), nn.MaxPool2d(3, 2),
            nn.Conv2d(64, 192, 5, padding=2), nn.ReLU(True), nn.MaxPool2d(3, 2),
            nn.Conv2d(192, 384, 3, padding=1), nn.ReLU(True),
            nn.Conv2d(384, 256, 3, padding=1), nn.ReLU(True),
            nn.Conv2d(256, 256, 3, padding=1), nn.ReLU(True), nn.MaxPool2d(3, 2))
        self.avgpool = nn.AdaptiveAvgPool2d((6, 6))
        self.classifier = nn.Sequential(
            nn.Dropout(dropout), nn.Linear(256 * 6 * 6, 4096), nn.ReLU(True),
            nn.Dropout(dropout), nn.Linear(4096, 4096), nn.ReLU(True), nn.Linear(4096, num_classes))

    def forward(self, x):
        return self.classifier(torch.flatten(self.avgpool(self.features(x)), 1))


def alexnet(weights=None, progress=True, pretrained=False, **kwargs):
    return AlexNet(**kwargs)


class DenseLayer(nn.Module):
    def __init__(self, inputs, growth):
        super().__init__()
        self.norm1 = nn.BatchNorm2d(inputs)
        self.relu1 = nn.ReLU(True)
        self.conv1 = nn.Conv2d(inputs, 4 * growth, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(4 * growth)
        self.relu2 = nn.ReLU(True)
        self.conv2 = nn.Conv2d(4 * growth, growth, 3, padding=1, bias=False)

    def forward(self, parts):
        x = torch.cat(parts, 1)
        y = self.conv1(self.relu1(self.norm1(x)))
        return self.conv2(self.relu2(self.norm2(y)))


class DenseBlock(nn.ModuleDict):
    def __init__(self, count, inputs, growth):
        super().__init__()
        for i in range(count):
            self.add_module(f'denselayer{i + 1}', DenseLayer(inputs + i * growth, growth))

    def forward(self, x):
        parts = [x]
        for name, layer in self.items():
            parts.append(layer(parts))
        return torch.cat(parts, 1)


class DenseNet(nn.Module):
    def __init__(self, growth, counts, stem, num_classes):
        super().__init__()
        self.features = nn.Sequential()
        self.features.add_module('conv0', nn.Conv2d(3, stem, 7, stride=2, padding=3, bias=False))
        self.features.add_module('norm0', nn.BatchNorm2d(stem))
        self.features.add_module('relu0', nn.ReLU(True))
        self.features.add_module('pool0', nn.MaxPool2d(3, stride=2, padding=1))
        width = stem
        for i, count in enumerate(counts):
            self.features.add_module(f'denseblock{i + 1}', DenseBlock(count, width, growth))
            width += count * growth
            if i != len(counts) - 1:
                transition = nn.Sequential()
                transition.add_module('norm', nn.BatchNorm2d(width))
                transition.add_module('relu', nn.ReLU(True))
                transition.add_module('conv', nn.Conv2d(width, width // 2, 1, bias=False))
                transition.add_module('pool', nn.AvgPool2d(2, stride=2))
                self.features.add_module(f'transition{i + 1}', transition)
                width = width // 2
        self.features.add_module('norm5', nn.BatchNorm2d(width))
        self.classifier = nn.Linear(width, num_classes)

    def forward(self, x):
        x = F.relu(self.features(x))
        x = torch.flatten(F.adaptive_avg_pool2d(x, (1, 1)), 1)
        return self.classifier(x)


def make_densenet(growth, counts, stem):
    def make(weights=None, progress=True, pretrained=False, num_classes=1000, **kwargs):
        return DenseNet(growth, counts, stem, num_classes)
    return make


densenet121 = make_densenet(32, (6, 12, 24, 16), 64)
densenet161 = make_densenet(48, (6, 12, 36, 24), 96)
densenet169 = make_densenet(32, (6, 12, 32, 32), 64)
densenet201 = make_densenet(32, (6, 12, 48, 32), 64)


def conv_norm(inputs, outputs, size, stride=1, groups=1):
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, size, stride, (size - 1) // 2, groups=groups, bias=False),
        nn.BatchNorm2d(outputs), nn.ReLU6(True))


class InvertedResidual(nn.Module):
    def __init__(self, inputs, outputs, stride, expand):
        super().__init__()
        hidden = inputs * expand
        layers = [] if expand == 1 else [conv_norm(inputs, hidden, 1)]
        layers.append(conv_norm(hidden, hidden, 3, stride, hidden))
        layers.append(nn.Conv2d(hidden, outputs, 1, bias=False))
        layers.append(nn.BatchNorm2d(outputs))
        self.conv = nn.Sequential(*layers)
        self.use_skip = stride == 1 and inputs == outputs

    def forward(self, x):
        if self.use_skip:
            return x + self.conv(x)
        return self.conv(x)


class MobileNetV2(nn.Module):
    def __init__(self, num_classes):
        super().__init__()
        layers = [conv_norm(3, 32, 3, 2)]
        inputs = 32
        for expand, width, count, stride in [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)]:
            for i in range(count):
                layers.append(InvertedResidual(inputs, width, stride if i == 0 else 1, expand))
                inputs = width
        layers.append(conv_norm(inputs, 1280, 1))
        self.features = nn.Sequential(*layers)
        self.classifier = nn.Sequential(nn.Dropout(0.2), nn.Linear(1280, num_classes))

    def forward(self, x):
        x = F.adaptive_avg_pool2d(self.features(x), (1, 1))
        return self.classifier(torch.flatten(x, 1))


def mobilenet_v2(weights=None, progress=True, pretrained=False, num_classes=1000, **kwargs):
    return MobileNetV2(num_classes)
`;
